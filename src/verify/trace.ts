import { isObject, listAt, numberAt, textAt } from '../core/json.ts';
import { keyOf } from './hit.ts';

/** A hit as a processor saw it. */
interface Seen {
  readonly key: string;
  readonly score: number | null;
}

/** What one processor of a pipeline did in one search. */
export interface Step {
  readonly processor: string;
  readonly ok: boolean;
  readonly error: string | undefined;
  readonly tookMs: number | null;
  /** The hits before and after; `undefined` for processors of requests. */
  readonly before: readonly Seen[] | undefined;
  readonly after: readonly Seen[] | undefined;
}

/** Reads `processor_results`. The server leaves it out when no processor ran. */
export function traceOf(answer: unknown, elapsedMs: number): Step[] {
  return listAt(answer, 'processor_results').map((result) => ({
    processor: textAt(result, 'processor_name') ?? '',
    ok: textAt(result, 'status') === 'success',
    error: textAt(result, 'error'),
    tookMs: durationOf(numberAt(result, 'duration_millis'), elapsedMs),
    before: seenIn(isObject(result) ? result.input_data : undefined),
    after: seenIn(isObject(result) ? result.output_data : undefined),
  }));
}

/**
 * 2.19.1 gives nanoseconds under the name of milliseconds; 3.6.0 gives milliseconds. A step cannot take longer than
 * the request that it is a part of, which tells the two apart.
 */
export function durationOf(given: number | undefined, elapsedMs: number): number | null {
  if (given === undefined) return null;
  const ms = given <= elapsedMs + 1 ? given : given / 1e6;
  return ms <= elapsedMs + 1 ? Math.round(ms * 10) / 10 : null;
}

function seenIn(data: unknown): Seen[] | undefined {
  if (!Array.isArray(data)) return undefined;
  return data.map((hit) => ({
    key: keyOf({ _index: textAt(hit, '_index') ?? '', _id: textAt(hit, '_id') ?? '' }),
    score: numberAt(hit, '_score') ?? null,
  }));
}

/** Did the processor give any hit another score or another place? */
export function changedHits({ before = [], after = [] }: Step): boolean {
  return (
    before.length !== after.length ||
    before.some((hit, i) => hit.key !== after[i]?.key || hit.score !== after[i]?.score)
  );
}
