import type { Diagnostic } from '../core/diagnostic.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';

/** What the server refuses of access keys whatever the user is (2.19.1): roles are for `restricted`, and one way of naming them. */
export function checkAccess(resource: Resource): Diagnostic[] {
  const { access_mode: mode, backend_roles: roles, add_all_backend_roles: all } = resource.spec;
  const refuse = (key: string, message: string, remedy: string): Diagnostic[] => [
    diagnosticAt(resource, `/spec/${key}`, {
      severity: 'error',
      code: 'RCTL_BACKEND_ROLES',
      message,
      remedy,
    }),
  ];
  const named = Array.isArray(roles) && roles.length > 0;
  if (mode === 'public' || mode === 'private') {
    const key = named ? 'backend_roles' : all === true ? 'add_all_backend_roles' : undefined;
    if (key === undefined) return [];
    return refuse(
      key,
      `\`${key}\` means nothing with \`access_mode: ${mode}\`, and the server refuses both together.`,
      'Write `access_mode: restricted`, or leave the roles out.',
    );
  }
  if (named && all === true) {
    return refuse(
      'add_all_backend_roles',
      'The backend roles are named, and `add_all_backend_roles` adds all: the server refuses both together.',
      'Keep one of the two.',
    );
  }
  if (mode === 'restricted' && !named && all !== true) {
    return refuse(
      'access_mode',
      '`access_mode: restricted` needs to know to whom.',
      'Name them in `backend_roles`, or write `add_all_backend_roles: true`.',
    );
  }
  return [];
}
