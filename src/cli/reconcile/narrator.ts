import { inspect } from 'node:util';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import type { Event } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import type { ReconcileEvent, Round, RoundEnd } from '../../reconcile/events.ts';
import { calmly } from '../progress/lines.ts';
import { shownPath } from '../render/diagnostics.ts';
import { whatDiffers } from '../render/drift.ts';
import { failureJson } from '../render/failure.ts';
import { seconds } from '../render/outcomes.ts';
import { codesOf, leftOf, outcomesOf } from './findings.ts';
import type { Fields, Level, Log } from './log.ts';
import { summaryOf } from './summary.ts';

/** A log that is silent for longer makes people look whether anything is running at all. */
const HEARTBEAT_MS = 60 * 60_000;
/** More would bury the rest of the log; the whole is what `rerankctl drift` shows. */
const MOST_LINES = 20;

const LEVELS: Readonly<Record<RoundEnd['result'], Level>> = {
  in_sync: 'info',
  pending: 'info',
  applied: 'info',
  stopped: 'error',
  incomplete: 'error',
  refused: 'error',
  skipped: 'info',
  failed: 'error',
  interrupted: 'info',
};

/** Is it told however often it happens? The others are told when they begin, and then once an hour. */
const ALWAYS: ReadonlySet<RoundEnd['result']> = new Set([
  'applied',
  'incomplete',
  'refused',
  'skipped',
  'failed',
  'interrupted',
]);

interface Line {
  readonly level: Level;
  readonly message: string;
  readonly fields: Fields;
}

/** Tells a log what happens, calmly: what was said already is not said again. */
export class Narrator {
  readonly #log: Log;
  readonly #cwd: string;
  readonly #debug: boolean;
  readonly #now: () => number;
  #lastTold: number;
  #found = '';
  #ended = '';
  #problems = '';
  /** Rounds since a line was written. */
  #quiet = 0;
  /** Hears the engine. */
  readonly engine: (event: Event) => void;

  constructor(
    log: Log,
    { cwd, debug, now = () => performance.now() }: { cwd: string; debug: boolean; now?: () => number },
  ) {
    this.#log = log;
    this.#cwd = cwd;
    this.#debug = debug;
    this.#now = now;
    this.#lastTold = now();
    this.engine = calmly((message, event) => this.say({ ...levelAndFields(event), message }));
  }

  say({ level, message, fields }: Line): void {
    this.#lastTold = this.#now();
    this.#log(level, message, fields);
  }

  on(event: ReconcileEvent): void {
    if (event.type === 'round.planned') this.#planned(event.plan);
    if (event.type === 'round.finished') this.#finished(event.round, event.nextInMs);
  }

  #planned(plan: Plan): void {
    const lines = pendingLines(plan);
    const found = JSON.stringify(lines);
    if (found !== this.#found) for (const line of capped(lines)) this.say(line);
    this.#found = found;
  }

  #finished(round: Round, nextInMs: number | undefined): void {
    const { end, number, tookMs } = round;
    const problems = this.#problemLines(round);
    const known = JSON.stringify(problems);
    if (known !== this.#problems) for (const line of capped(problems)) this.say(line);
    this.#problems = known;

    const summary = summaryOf(round);
    const again = summary === this.#ended;
    this.#ended = summary;
    this.#quiet++;
    const hourPassed = this.#now() - this.#lastTold >= HEARTBEAT_MS;
    if (again && !ALWAYS.has(end.result) && !hourPassed) return;
    const still = again && !ALWAYS.has(end.result) ? `Still after ${this.#quiet} rounds: ` : '';
    this.#quiet = 0;
    const left = leftOf(round);
    const next =
      LEVELS[end.result] === 'error' && nextInMs !== undefined ? ` Again in ${seconds(nextInMs)}.` : '';
    const codes = codesOf(end);
    this.say({
      level: LEVELS[end.result],
      message: `${still}${summary}${next}${again ? '' : remedyOf(end)}`,
      fields: {
        event: 'round.finished',
        round: number,
        result: end.result,
        seconds: tookMs / 1000,
        ...(codes.length === 0 ? {} : { codes }),
        ...(round.plan === undefined
          ? {}
          : {
              drifted: left.filter(({ drifted }) => drifted).length,
              pending: left.filter(({ drifted }) => !drifted).length,
            }),
        ...(nextInMs === undefined ? {} : { next_in_seconds: nextInMs / 1000 }),
        ...this.#stackOf(end),
      },
    });
  }

  /** All that is wrong, warnings too, each with its place and what to do. */
  #problemLines({ end, notes, plan }: Round): Line[] {
    const refused = end.result === 'refused' ? failureJson(end.error) : [];
    const listed =
      end.result === 'failed' && end.error instanceof RerankctlError ? end.error.diagnostics : [];
    const failed = outcomesOf(end).flatMap((outcome) =>
      outcome.result === 'failed' ? [outcome.error, ...outcome.details] : [],
    );
    const aside = 'report' in end ? (end.report?.diagnostics ?? []) : [];
    const planned = (plan?.diagnostics ?? []).filter(({ severity }) => severity !== 'error');
    return [...notes, ...planned, ...refused, ...listed, ...failed, ...aside].map((each) =>
      this.#problemLine(each),
    );
  }

  #problemLine({ severity, code, message, address, location, remedy }: Diagnostic): Line {
    const place =
      location === undefined
        ? address
        : `${shownPath(location.file, this.#cwd)}:${location.line}:${location.column}`;
    const where = place === undefined ? '' : `${place}: `;
    const fix = remedy === undefined ? '' : ` Fix: ${remedy}`;
    return {
      level: severity === 'note' ? 'info' : severity,
      message: `${where}${code} ${message}${fix}`,
      fields: {
        event: 'diagnostic',
        code,
        ...(address === undefined ? {} : { address }),
        ...(location === undefined ? {} : { location }),
      },
    };
  }

  #stackOf(end: RoundEnd): Fields {
    if (end.result !== 'failed') return {};
    const bug = !(end.error instanceof RerankctlError);
    return bug || this.#debug ? { stack: inspect(end.error, { depth: 6 }) } : {};
  }
}

/** Of a failure with lines of its own these have told it. */
function remedyOf(end: RoundEnd): string {
  if (end.result !== 'failed' || !(end.error instanceof RerankctlError)) return '';
  const { remedy, diagnostics } = end.error;
  return remedy === undefined || diagnostics.length > 0 ? '' : ` Fix: ${remedy}`;
}

function pendingLines(plan: Plan): Line[] {
  return pendingChanges(plan).map((change) => {
    const { address, action, drifted, fields, steps, reason } = change;
    const does = reason ?? steps.filter((step) => step !== action).join(', ');
    const what = drifted || (reason === undefined && fields.length > 0) ? whatDiffers(change) : does;
    return {
      level: drifted ? 'warning' : 'info',
      message: drifted
        ? `drift: ${address}: ${what}`
        : `pending: ${address}: ${action}${what === '' ? '' : `: ${what}`}`,
      fields: { event: drifted ? 'drift.found' : 'change.pending', address, action },
    };
  });
}

function capped(lines: readonly Line[]): Line[] {
  const more = lines.length - MOST_LINES;
  if (more <= 0) return [...lines];
  return [
    ...lines.slice(0, MOST_LINES),
    { level: 'info', message: `… and ${more} more`, fields: { event: 'more', more } },
  ];
}

function levelAndFields(event: Event): Omit<Line, 'message'> {
  const { type } = event;
  if (type === 'change.finished') {
    const { address, action, result } = event.outcome;
    const code = event.outcome.result === 'failed' ? { code: event.outcome.error.code } : {};
    const level = result === 'failed' ? 'error' : 'info';
    return { level, fields: { event: type, address, action, result, ...code } };
  }
  const address = 'address' in event ? { address: event.address } : {};
  return { level: 'info', fields: { event: type, ...address } };
}
