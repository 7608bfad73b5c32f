import type { Event, Listener } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import { VERSION } from '../../core/version.ts';
import { planJson } from '../render/plan.ts';
import { countsOf, problemsOf, type Report } from './told.ts';

/**
 * `--output ndjson`: one JSON object a line, while the command runs. The first line is the version of the format, the last
 * one the summary with the exit code. Types and fields may be added; readers skip what they do not know. A change that breaks
 * readers raises the first number of the version. See `schemas/stream.schema.json`.
 */
export class Stream {
  readonly #write: (text: string) => void;
  #planned = false;

  constructor(command: string, write: (text: string) => void) {
    this.#write = write;
    this.#line({ type: 'version', format: '1.0', rerankctl: VERSION, command });
  }

  /** What happens, as it happens. */
  readonly event: Listener = (event) => {
    this.#line({ ...event, at: new Date().toISOString() } satisfies Event & { at: string });
  };

  /** What would be changed; told once. */
  plan(plan: Plan): void {
    if (this.#planned) return;
    this.#planned = true;
    const { cluster, stack, summary, changes } = planJson({ ...plan, changes: pendingChanges(plan) });
    for (const change of changes as readonly object[]) this.#line({ type: 'change.planned', change });
    this.#line({ type: 'plan.summary', stack, cluster, summary });
  }

  finish({ told, exitCode }: Report): void {
    if (told.plan !== undefined) this.plan(told.plan);
    for (const diagnostic of problemsOf(told)) this.#line({ type: 'diagnostic', diagnostic });
    for (const report of told.verifications ?? []) this.#line({ type: 'verification', report });
    this.#line({ type: 'summary', exitCode, ...countsOf(told) });
  }

  #line(value: object): void {
    this.#write(`${JSON.stringify(value)}\n`);
  }
}
