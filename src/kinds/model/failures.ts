import { RerankctlError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import { forbiddenItem } from '../../opensearch/permissions.ts';
import { findRule, wordsOf } from '../../opensearch/refusals/rule.ts';
import { TRANSLATIONS } from '../../opensearch/translations.ts';
import { ML_REFUSALS } from '../ml-commons.ts';
import { MODEL_REFUSALS } from './refusals.ts';

const RULES = [...MODEL_REFUSALS, ...ML_REFUSALS, ...TRANSLATIONS];

/** Failures that another try, right away, may well not meet again. */
export function isPassing(reason: string): boolean {
  return /version conflict(, required seqNo| updating \S+ in index)|exceed max running task limit/i.test(
    reason,
  );
}

/** Another deployment of the same model is under way. */
export function isAlreadyRunning(reason: string): boolean {
  return /Duplicate deploy model task/i.test(reason);
}

/** What each node said, once each: `{"<node>": "<reason>"}` as text is how a failed deploy tells its reasons. */
function reasonsOf(error: string | undefined): string[] {
  if (error === undefined) return ['the server gave no reason'];
  try {
    const byNode: unknown = JSON.parse(error);
    if (isObject(byNode)) return [...new Set(Object.values(byNode).map((each) => String(each).trim()))];
  } catch {
    // Not JSON: a register task's plain text.
  }
  return [error.trim()];
}

export function reasonOf(error: string | undefined): string {
  return reasonsOf(error).join('; ');
}

/** Turns what the server said of a model into cause and remedy, and keeps its own words. */
export function modelFailure(step: string, said: string | undefined, cause?: unknown): RerankctlError {
  const reasons = reasonsOf(said);
  const request = `the ${step}`;
  for (const reason of reasons) {
    const forbidden = forbiddenItem(reason, request);
    if (forbidden !== undefined) return forbidden;
    const rule = findRule({ reason }, RULES);
    if (rule === undefined) continue;
    const { code, message, remedy } = wordsOf(rule, { reason }, { request });
    const others = reasons.filter((other) => other !== reason);
    const more = others.length === 0 ? '' : ` Other nodes said: ${others.join('; ')}`;
    return new RerankctlError('server', code, `${message}${more}`, { remedy, cause });
  }
  return new RerankctlError('server', 'RCTL_MODEL_TASK_FAILED', `The ${step} failed: ${reasons.join('; ')}`, {
    remedy: 'The log of the node that ran it has the whole story; apply again when its cause is mended.',
    cause,
  });
}
