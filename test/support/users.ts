import type { Cluster } from '../../src/opensearch/cluster.ts';
import { pause } from '../../src/opensearch/signals.ts';
import { uniqueName } from './node.ts';

/** The body of a role, as the security plugin takes it. */
export interface Role {
  readonly cluster_permissions?: readonly string[];
  readonly index_permissions?: readonly object[];
}

export interface User {
  readonly username: string;
  readonly password: string;
  /** Takes the user and the role away. */
  remove(): Promise<void>;
}

/**
 * Writes to the security plugin. It keeps all users in one document, and all roles in another: two test files that write
 * at the same moment meet a version conflict.
 */
export async function writeSecurity(
  admin: Cluster,
  method: 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<void> {
  for (;;) {
    const request = { method, path: `/_plugins/_security/api/${path}`, accept: [404, 409] };
    const { status } = await admin.request(body === undefined ? request : { ...request, body });
    if (status !== 409) return;
    await pause(50 + Math.random() * 200, undefined);
  }
}

/** A user with a role of its own, and no other. */
export async function makeUser(
  admin: Cluster,
  prefix: string,
  role: Role,
  backendRoles: string[] = [],
): Promise<User> {
  const username = uniqueName(prefix);
  const password = 'Kolibri-Wanderung-4711!';
  await writeSecurity(admin, 'PUT', `internalusers/${username}`, { password, backend_roles: backendRoles });
  await writeSecurity(admin, 'PUT', `roles/${username}`, role);
  await writeSecurity(admin, 'PUT', `rolesmapping/${username}`, { users: [username] });
  return {
    username,
    password,
    async remove() {
      for (const list of ['rolesmapping', 'roles', 'internalusers']) {
        await writeSecurity(admin, 'DELETE', `${list}/${username}`);
      }
    },
  };
}
