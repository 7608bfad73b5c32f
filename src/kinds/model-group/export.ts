import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Json } from '../../core/json.ts';
import { searchAll } from '../../opensearch/paging.ts';
import type { ExportContext, Exported, LiveObject } from '../exporting.ts';
import { accessControl } from './access.ts';

export async function exportGroups({
  cluster,
  capabilities,
  wants,
  signal,
}: ExportContext): Promise<Exported> {
  if (capabilities.plugins?.has('opensearch-ml') === false) return { objects: [], diagnostics: [] };
  const path = '/_plugins/_ml/model_groups/_search';
  const hits = await searchAll(cluster, path, { match_all: {} }, { signal });
  const byName = new Map<string, { id: string; body: Record<string, unknown> }[]>();
  for (const { _id, _source } of hits) {
    const { name } = _source;
    if (typeof name !== 'string' || !wants(name)) continue;
    byName.set(name, [...(byName.get(name) ?? []), { id: _id, body: _source }]);
  }
  const objects: LiveObject[] = [];
  const diagnostics: Diagnostic[] = [];
  // Without access control every group is public, and the server takes none of the access keys (2.19.1, 3.6.0).
  const withAccess = accessControl(capabilities) !== false;
  for (const [name, groups] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [group, ...others] = groups;
    if (group === undefined) continue;
    if (others.length > 0) diagnostics.push(ambiguous(name, groups));
    else objects.push({ id: group.id, name, spec: specOf(name, group.body, withAccess), ...NOTHING_TO_SAY });
  }
  return { objects, diagnostics };
}

const NOTHING_TO_SAY = { comments: [], diagnostics: [] };

function specOf(name: string, body: Record<string, unknown>, withAccess: boolean): Record<string, Json> {
  const { description, access, backend_roles: roles } = body;
  const restricted = withAccess && access === 'restricted' && Array.isArray(roles);
  return {
    name,
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    // It is written as `access_mode` and read as `access`.
    ...(withAccess && typeof access === 'string' ? { access_mode: access } : {}),
    ...(restricted ? { backend_roles: roles.map(String).sort() } : {}),
  };
}

/** Parallel registrations make them (2.19.1, 3.6.0). A plan refuses such a name. */
function ambiguous(name: string, groups: readonly { readonly id: string }[]): Diagnostic {
  const ids = groups.map(({ id }) => id).join(', ');
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_AMBIGUOUS',
    message: `The ${groups.length} model groups named ${JSON.stringify(name)} (IDs ${ids}) are left out: a group is known by its name.`,
    remedy: 'Rename or delete all but one of them, and export again.',
  };
}
