import { appendFile } from 'node:fs/promises';
import type { Listener } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import { type Flags, usage } from '../flags.ts';
import type { Io } from '../io.ts';
import { save } from '../save.ts';
import { type Format, REPORTS, type ReportFormat, render } from './format.ts';
import type { Report } from './told.ts';

/** What a command tells while it runs, to whoever wants a stream of it. */
export interface Live {
  readonly event: Listener;
  plan(plan: Plan): void;
}

/** Where a run is reported: on stdout, in files, and to GitHub. */
export class Reporting {
  readonly #io: Io;
  readonly #format: Format;
  readonly #files: readonly (readonly [ReportFormat, string])[];
  readonly #github: boolean;
  readonly #streams: {
    readonly stream: Live & { finish(report: Report): void };
    readonly file?: string;
    text(): string;
  }[] = [];

  constructor(io: Io, format: Format, flags: Flags | undefined, github: boolean) {
    this.#io = io;
    this.#format = format;
    this.#files = flags === undefined ? [] : filesOf(flags);
    this.#github = github;
  }

  /** Begins the streams that were asked for; `undefined` where there are none. */
  async begin(command: string): Promise<Live | undefined> {
    const files = this.#files.flatMap(([format, file]) => (format === 'ndjson' ? [file] : []));
    if (this.#format !== 'ndjson' && files.length === 0) return undefined;
    const { Stream } = await import('./stream.ts');
    if (this.#format === 'ndjson') {
      const stream = new Stream(command, (text) => this.#io.stdout.write(text));
      this.#streams.push({ stream, text: () => '' });
    }
    for (const file of files) {
      const lines: string[] = [];
      const stream = new Stream(command, (text) => lines.push(text));
      this.#streams.push({ stream, file, text: () => lines.join('') });
    }
    return {
      event: (event) => {
        for (const { stream } of this.#streams) stream.event(event);
      },
      plan: (plan) => {
        for (const { stream } of this.#streams) stream.plan(plan);
      },
    };
  }

  async finish(report: Report): Promise<void> {
    for (const { stream } of this.#streams) stream.finish(report);
    if (this.#format !== 'text' && this.#format !== 'ndjson') {
      this.#io.stdout.write(await render(this.#format, report));
    }
    for (const { file, text } of this.#streams) if (file !== undefined) await save(this.#io, file, text());
    for (const [format, file] of this.#files) {
      if (format !== 'ndjson') await save(this.#io, file, await render(format, report));
    }
    if (this.#github) await this.#tellGithub(report);
  }

  /** Annotations go to stderr: the runner reads both streams, and stdout carries the result alone. */
  async #tellGithub(report: Report): Promise<void> {
    const { env, stderr } = this.#io;
    if (this.#format !== 'github') stderr.write(await render('github', report));
    const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = env;
    if (summary) await appendFile(summary, `${await render('markdown', report)}\n`);
    if (outputs) await appendFile(outputs, outputsOf(report));
  }
}

/** For the steps that follow: `steps.ID.outputs.exit-code`. */
function outputsOf({ exitCode, told }: Report): string {
  const { plan, drifted, outcomes = [] } = told;
  const values = {
    'exit-code': exitCode,
    pending: plan === undefined ? 0 : pendingChanges(plan).length,
    drifted: drifted?.length ?? 0,
    applied: outcomes.filter(({ result }) => result === 'done').length,
    failed: outcomes.filter(({ result }) => result === 'failed').length,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function filesOf(flags: Flags): [ReportFormat, string][] {
  return flags.list('report').map((pair) => {
    const cut = pair.indexOf('=');
    const [format, file] = [pair.slice(0, cut), pair.slice(cut + 1)];
    const known = REPORTS.find((each) => each === format);
    if (cut <= 0 || file === '' || known === undefined) {
      throw usage(
        `--report takes FORMAT=PATH, not ${pair}.`,
        `The formats are ${REPORTS.join(', ')}: --report junit=report.xml`,
      );
    }
    return [known, file];
  });
}
