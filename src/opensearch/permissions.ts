import { RerankctlError } from '../core/errors.ts';

/** `no permissions for [x, y] and User [name=…, backend_roles=[…], …]`, as the security plugin says it (2.19 to 3.x). */
export function missingPermissions(
  reason: string,
): { permissions: string; user: string | undefined } | undefined {
  const permissions = /no permissions for \[(.*?)\](?: and User|$)/.exec(reason)?.[1];
  if (permissions === undefined) return undefined;
  return { permissions, user: /User \[name=([^,\]]*)/.exec(reason)?.[1] };
}

/**
 * The refusal of one item of a request that was taken as a whole: `_mget` and `_bulk` answer 200, with the error beside
 * the item. `undefined` where the reason is another one.
 */
export function forbiddenItem(reason: string, request: string): RerankctlError | undefined {
  const missing = missingPermissions(reason);
  if (missing === undefined || missing.permissions === '') return undefined;
  const { permissions, user = 'This user' } = missing;
  return new RerankctlError(
    'connection',
    'RCTL_FORBIDDEN',
    `User ${user} lacks the permission ${permissions} that ${request} needs.`,
    {
      remedy: `Map ${user} to a role that has ${permissions}. docs/security.md lists what each command needs.`,
    },
  );
}
