import type { Refusal, Translate } from './translation.ts';

const SIGNATURE = /signature we calculated does not match/i;

/**
 * What AWS expected to be signed, which it appends to its refusal, holds the session token of the request: it is cut off
 * wherever words of a server are kept.
 */
export function withoutCanonicalRequest(said: string): string {
  return said.replace(/\s*(\\n)*The Canonical String for this request.*$/s, '');
}

function remedyFor(reason: string): string {
  if (SIGNATURE.test(reason)) {
    return 'The secret key does not belong to the key ID, or --aws-service or --aws-region is not that of the cluster.';
  }
  if (/expired|security token .* invalid|not yet current/i.test(reason)) {
    return 'Get new credentials (`aws sso login`, or a new session), and check the clock of this machine.';
  }
  if (/credential should be scoped to/i.test(reason)) {
    return 'Give the region of the cluster with --aws-region, and es or aoss with --aws-service.';
  }
  return 'Allow it to this identity: by the access policy of the domain (es:ESHttp*) and a role of its security plugin, or by a data access policy of the collection.';
}

/** The gate of AWS before the cluster answers 403 with a message alone; the security plugin behind it has a type. */
export const refusedByAws: Translate = ({ status, type, reason, endpoint, request }: Refusal) => {
  if (endpoint.claim !== 'aws' || (status !== 403 && status !== 401) || type !== '') return undefined;
  return {
    failure: 'connection',
    code: 'RCTL_AWS_REFUSED',
    message: `AWS does not let ${request} through to ${endpoint.shown}: ${reason === '' ? 'Forbidden' : reason}`,
    remedy: remedyFor(reason),
  };
};
