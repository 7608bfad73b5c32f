import { appendFileSync } from 'node:fs';
import type { Listener } from '../../core/events.ts';
import type { Plan } from '../../core/plan.ts';
import { EXIT } from '../exit.ts';
import { type Flags, usage } from '../flags.ts';
import type { Io } from '../io.ts';
import { shownFrom } from '../places.ts';
import { type OpenFile, openReport } from './files.ts';
import { type Format, REPORTS, type ReportFormat, render } from './format.ts';
import type { Stream } from './stream.ts';
import { countsOf, type Report } from './told.ts';

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
  readonly #open: { readonly format: ReportFormat; readonly file: OpenFile }[] = [];
  readonly #streams: (Live & { finish(report: Report): void })[] = [];
  #printed: Stream | undefined;
  /** What could not be written, each once. */
  readonly #lost = new Set<string>();

  constructor(io: Io, format: Format, flags: Flags | undefined, github: boolean) {
    this.#io = io;
    this.#format = format;
    this.#files = flags === undefined ? [] : filesOf(flags);
    this.#github = github;
  }

  /** Opens the files, and begins the streams that were asked for; `undefined` where there are none. */
  async begin(command: string): Promise<Live | undefined> {
    const streamed = this.#format === 'ndjson' || this.#files.some(([format]) => format === 'ndjson');
    const { Stream } = streamed ? await import('./stream.ts') : {};
    if (this.#format === 'ndjson' && Stream !== undefined) {
      this.#printed = new Stream(command, (text) => this.#io.stdout.write(text));
      this.#streams.push(this.#printed);
    }
    for (const [format, name] of this.#files) {
      const file = openReport(this.#io.cwd, name);
      this.#open.push({ format, file });
      if (format !== 'ndjson' || Stream === undefined) continue;
      this.#streams.push(new Stream(command, (text) => this.#guarded(name, () => file.write(text))));
    }
    if (this.#streams.length === 0) return undefined;
    return {
      event: (event) => {
        for (const stream of this.#streams) stream.event(event);
      },
      plan: (plan) => {
        for (const stream of this.#streams) stream.plan(plan);
      },
    };
  }

  /** Writes everything, stdout last. Returns the exit code: a run that lost a report has failed. */
  async finish(ended: Report): Promise<number> {
    const report = inCheckout(ended);
    for (const stream of this.#streams) if (stream !== this.#printed) stream.finish(report);
    for (const { format, file } of this.#open) {
      const text = format === 'ndjson' ? '' : await render(format, report);
      this.#guarded(file.name, () => {
        file.write(text);
        file.close();
      });
    }
    if (this.#github) await this.#tellGithub(report);
    for (const what of this.#lost) this.#io.stderr.write(`Not written: ${what}\n`);
    const exitCode = this.#lost.size > 0 && report.exitCode === EXIT.done ? EXIT.failed : report.exitCode;
    const final = { ...report, exitCode, json: { ...report.json, exitCode } };
    this.#printed?.finish(final);
    if (this.#format !== 'text' && this.#format !== 'ndjson') {
      this.#io.stdout.write(await render(this.#format, final));
    }
    return exitCode;
  }

  /** Annotations go to stderr: the runner reads both streams, and stdout carries the result alone. */
  async #tellGithub(report: Report): Promise<void> {
    const { env, stderr } = this.#io;
    const { renderAnnotations } = await import('./github.ts');
    if (this.#format !== 'github') stderr.write(renderAnnotations(report));
    const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } = env;
    if (summary) {
      const { addToSummary } = await import('./step-summary.ts');
      this.#guarded('the summary of the step', () => addToSummary(summary, report));
    }
    if (outputs) {
      this.#guarded('the outputs of the step', () => appendFileSync(outputs, outputsOf(report)));
    }
  }

  /** A disk that is full stops no apply. */
  #guarded(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      this.#lost.add(`${what}: ${error.message}`);
    }
  }
}

/** A gate stands at a place of the checkout, wherever in it the command was run. */
function inCheckout(report: Report): Report {
  const { told, root } = report;
  const verifications = told.verifications?.map((each) => shownFrom(root, each));
  return { ...report, told: { ...told, ...(verifications && { verifications }) } };
}

/** For the steps that follow: `steps.ID.outputs.exit-code`. */
function outputsOf({ exitCode, told }: Report): string {
  return Object.entries({ 'exit-code': exitCode, ...countsOf(told) })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function filesOf(flags: Flags): [ReportFormat, string][] {
  const files = flags.list('report').map((pair): [ReportFormat, string] => {
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
  const twice = files.find(([, file], i) => files.slice(0, i).some(([, other]) => other === file));
  if (twice !== undefined) {
    throw usage(`Two reports would go to ${twice[1]}.`, 'Give each a file of its own.');
  }
  return files;
}
