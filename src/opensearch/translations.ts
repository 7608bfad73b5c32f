import type { Said } from './answer.ts';
import type { Endpoint } from './endpoint.ts';
import { CONNECTORS } from './refusals/connectors.ts';
import { BY_STATUS, EXACT } from './refusals/general.ts';
import { MODELS } from './refusals/models.ts';
import { findRule, type Rule, type Words, wordsOf } from './refusals/rule.ts';
import { SEARCHES } from './refusals/searches.ts';

export interface Refusal extends Said {
  readonly status: number;
  readonly request: string;
  readonly endpoint: Endpoint;
}

/** What the server says that means the same whatever kind of resource it is about. The first row that fits counts. */
export const TRANSLATIONS: readonly Rule[] = [...EXACT, ...MODELS, ...CONNECTORS, ...SEARCHES, ...BY_STATUS];

function inGeneral({ status, type, reason, request }: Refusal): Words {
  const said = [type, reason].filter((text) => text !== '').join(': ') || 'no reason given';
  return status < 500
    ? { code: 'RCTL_REQUEST_REJECTED', message: `The server refused ${request} (${status}): ${said}` }
    : {
        code: 'RCTL_SERVER_FAILED',
        message: `The server failed on ${request} (${status}): ${said}`,
        remedy: 'The log of the cluster says more.',
      };
}

/** What a refusal means and what to do about it, as far as that is the same for every kind of resource. */
export function translate(refusal: Refusal): Words {
  const { status, request, endpoint } = refusal;
  const rule = findRule(refusal, TRANSLATIONS);
  if (rule === undefined) return inGeneral(refusal);
  const { username, shown } = endpoint;
  const known = { status: String(status), request, shown, username, user: username ?? '(anonymous)' };
  return wordsOf(rule, refusal, known);
}
