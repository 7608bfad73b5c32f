import type { Report } from './told.ts';

/** What stdout, or a file that `--report` names, may carry. */
export const FORMATS = ['text', 'json', 'ndjson', 'markdown', 'junit', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** What `--report FORMAT=PATH` writes: not `text`, which is for a person who is there. */
export const REPORTS = ['json', 'ndjson', 'markdown', 'junit', 'sarif', 'html'] as const;
export type ReportFormat = (typeof REPORTS)[number];

type Render = (report: Report) => string;

/** Loaded when asked for. A stream is no rendering: it is told while the command runs (`stream.ts`). */
const RENDERERS: Readonly<Record<Exclude<Format | ReportFormat, 'text' | 'ndjson'>, () => Promise<Render>>> =
  {
    json: async () => (report) => `${JSON.stringify(report.json, null, 2)}\n`,
    markdown: async () => (await import('./markdown.ts')).renderMarkdownReport,
    junit: async () => (await import('./junit.ts')).renderJunitReport,
    sarif: async () => (await import('./sarif.ts')).renderSarif,
    github: async () => (await import('./github.ts')).renderAnnotations,
    html: async () => (await import('./html.ts')).renderHtmlReport,
  };

export async function render(format: keyof typeof RENDERERS, report: Report): Promise<string> {
  return (await RENDERERS[format]())(report);
}
