import { numberAt } from '../core/json.ts';

/** When a JWT in this header ceased to be valid; `undefined` when it is still valid, or is no JWT. */
export function endedAt(authorization: string | undefined): Date | undefined {
  const claims = authorization?.split('.')[1];
  if (claims === undefined) return undefined;
  try {
    const expires = numberAt(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')), 'exp');
    return expires !== undefined && expires * 1000 <= Date.now() ? new Date(expires * 1000) : undefined;
  } catch {
    return undefined;
  }
}
