import type { Listener } from '../core/events.ts';
import { whatServerSaid } from './answer.ts';
import type { Request } from './cluster.ts';
import type { Answer } from './send.ts';
import { NoAnswer } from './send.ts';
import { interrupted, pause } from './signals.ts';

export interface RetryRules {
  readonly retryForMs: number;
  readonly listener: Listener | undefined;
  readonly signal: AbortSignal | undefined;
  /** Has this cluster ever answered? Before that, a broken connection means a wrong address: fail at once. */
  readonly met: () => boolean;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Nothing was sent: there was no connection yet. Every request may be tried again. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'PROXY_UNREACHABLE',
  'PROXY_NO_WAY',
]);
/** It broke while something was on its way: the server may have done what it was asked. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UNKNOWN']);

function mayRepeat(request: Request): boolean {
  return request.repeatable ?? request.method !== 'POST';
}

/**
 * The search APIs of ML Commons wrap what OpenSearch itself would answer with 503 `all shards failed`: for a moment after
 * the first model or model group has made the index, and while its shards move (`Fail to search` of groups, `Fail to search
 * model version` of models; 3.6.0).
 */
function isHiddenShardFailure(reason: string): boolean {
  return /^Fail(ed)? to search( model version)?$/.test(reason);
}

/** Why this answer will be different in a moment; `undefined` when it is final. */
function transientAnswer(answer: Answer, request: Request): string | undefined {
  const { status } = answer;
  if (status === 502 || status === 504) return mayRepeat(request) ? `${status} from a proxy` : undefined;
  const { type, reason } = whatServerSaid(answer.body);
  if (status === 500 && isHiddenShardFailure(reason) && mayRepeat(request)) return `500 ${reason}`;
  if (status !== 429 && status !== 503) return undefined;
  // A breaker of ML Commons stays open until someone frees memory or disk, a flood-stage block until the disk has
  // room. The parent breaker of the node itself closes with the next garbage collection.
  if (/\b(Memory|Disk|CPU) Circuit Breaker is open/i.test(reason)) return undefined;
  if (type === 'cluster_block_exception' && reason.includes('flood-stage')) return undefined;
  return `${status} ${type === '' ? 'refused for now' : type}`;
}

function transientFailure(failure: NoAnswer, request: Request, met: boolean): string | undefined {
  if (!met) return undefined;
  if (NOT_SENT.has(failure.code)) return failure.message;
  return BROKEN.has(failure.code) && mayRepeat(request) ? failure.message : undefined;
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMs(answer: Answer | undefined): number {
  const header = answer?.headers['retry-after'];
  if (typeof header !== 'string') return 0;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/**
 * Sends until the answer is final or time is up, and then gives what came last. Waits grow exponentially and are
 * drawn from the whole interval ("full jitter"), so that many clients refused together do not come back together.
 */
export async function sendWithRetries(
  request: Request,
  rules: RetryRules,
  send: () => Promise<Answer>,
): Promise<Answer> {
  let firstRefusal: number | undefined;
  for (let attempt = 1; ; attempt++) {
    const outcome = await send().catch((failure: unknown) => {
      if (failure instanceof NoAnswer) return failure;
      throw failure;
    });
    const failed = outcome instanceof NoAnswer;
    if (failed && outcome.code === 'ABORTED') throw interrupted();
    const because = failed
      ? transientFailure(outcome, request, rules.met())
      : request.accept?.includes(outcome.status)
        ? undefined
        : transientAnswer(outcome, request);
    firstRefusal ??= Date.now();
    const left = firstRefusal + rules.retryForMs - Date.now();
    const asked = retryAfterMs(failed ? undefined : outcome);
    if (because === undefined || left <= 0 || asked > left) {
      if (failed) throw outcome;
      return outcome;
    }
    const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
    const delayMs = Math.ceil(Math.min(left, asked + Math.random() * ceiling));
    const label = `${request.method} ${request.path}`;
    rules.listener?.({ type: 'request.retried', request: label, because, attempt, delayMs, leftMs: left });
    await pause(delayMs, rules.signal);
  }
}
