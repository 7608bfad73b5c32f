import { dig, isObject, textAt } from '../core/json.ts';

/** The error in a server's answer: its class and its words. */
export interface Said {
  readonly type: string;
  readonly reason: string;
}

/** Classes that only say that something else failed: the root cause is the better witness. */
const WRAPPERS = new Set([
  'search_phase_execution_exception',
  'status_exception',
  'exception',
  'runtime_exception',
]);

/**
 * Reads an error body. It is `{error: {type, reason, root_cause: [{type, reason}]}}` nearly always, `{error: "text"}`
 * for some refusals of the REST layer (405, 406), and plain text from the security plugin (401) and from proxies.
 */
export function whatServerSaid(body: unknown): Said {
  if (typeof body === 'string') return { type: '', reason: body.trim().slice(0, 500) };
  const plain = textAt(body, 'error') ?? textAt(body, 'message') ?? textAt(body, 'Message');
  // The profile API of ML Commons tells the cause beside: `{error: "Failed to …", exception: "no permissions for …"}`.
  const cause = textAt(body, 'exception');
  if (plain !== undefined) return { type: '', reason: cause === undefined ? plain : `${plain}: ${cause}` };
  // What goes to every shard (`_refresh`) is refused by each: 403, without an error of the whole.
  const shard = dig(body, '_shards', 'failures', 0, 'reason');
  if (dig(body, 'error') === undefined && shard !== undefined) {
    return { type: textAt(shard, 'type') ?? '', reason: textAt(shard, 'reason') ?? '' };
  }
  const type = textAt(body, 'error', 'type') ?? '';
  const reason = textAt(body, 'error', 'reason') ?? '';
  const root = {
    type: textAt(body, 'error', 'root_cause', 0, 'type') ?? '',
    reason: textAt(body, 'error', 'root_cause', 0, 'reason') ?? '',
  };
  if (WRAPPERS.has(type) && root.reason !== '') return root;
  const more = [root.reason, ...causesOf(dig(body, 'error'))].filter((text) => text !== '');
  const said = more.reduce((words, text) => {
    if (words.includes(text)) return words;
    return words === '' ? text : `${words}: ${text}`;
  }, reason);
  return { type: type === '' ? root.type : type, reason: said };
}

/** A cause may have causes, and the last one tells most. */
const DEEPEST = 5;

/** The reasons below an error, the outer one first. */
function causesOf(error: unknown): string[] {
  const reasons: string[] = [];
  for (
    let cause = dig(error, 'caused_by');
    isObject(cause) && reasons.length < DEEPEST;
    cause = cause.caused_by
  ) {
    reasons.push(textAt(cause, 'reason') ?? '');
  }
  return reasons;
}

export function looksLikeHtml(body: unknown): boolean {
  return typeof body === 'string' && /^\s*(<!doctype html|<html|<head|<body)/i.test(body);
}
