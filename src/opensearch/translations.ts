import { refusedByAws } from './aws-refusals.ts';
import { proxyWantsCredentials } from './proxy-failures.ts';
import { CONNECTORS } from './refusals/connectors.ts';
import { BY_STATUS, EXACT, OF_SERVICES } from './refusals/general.ts';
import { MODELS } from './refusals/models.ts';
import { findRule, type Rule, wordsOf } from './refusals/rule.ts';
import { SEARCHES } from './refusals/searches.ts';
import type { Refusal, Translate, Translation } from './translation.ts';
import { unauthorized } from './unauthorized.ts';

/** What the server says that means the same whatever kind of resource it is about. The first row that fits counts. */
export const TRANSLATIONS: readonly Rule[] = [
  ...OF_SERVICES,
  ...EXACT,
  ...MODELS,
  ...CONNECTORS,
  ...SEARCHES,
  ...BY_STATUS,
];

const proxyCredentials: Translate = ({ status, endpoint }) =>
  status === 407 && endpoint.proxy !== undefined
    ? { failure: 'connection', ...proxyWantsCredentials(endpoint.proxy) }
    : undefined;

/** Where what we came with, and by which way, tells more than what the server says. */
const OF_ENDPOINT: readonly Translate[] = [proxyCredentials, refusedByAws, unauthorized];

function ofEndpoint(refusal: Refusal): Translation | undefined {
  for (const translation of OF_ENDPOINT) {
    const found = translation(refusal);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inGeneral({ status, type, reason, request }: Refusal): Translation {
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
export function translate(refusal: Refusal): Translation {
  const { status, request, endpoint } = refusal;
  // A service behind a connector refuses with statuses of its own: its 401 is none of the cluster's.
  const ours = findRule(refusal, OF_SERVICES) === undefined ? ofEndpoint(refusal) : undefined;
  if (ours !== undefined) return ours;
  const rule = findRule(refusal, TRANSLATIONS);
  if (rule === undefined) return inGeneral(refusal);
  const { username, shown } = endpoint;
  const known = { status: String(status), request, shown, username, user: username ?? '(anonymous)' };
  return wordsOf(rule, refusal, known);
}
