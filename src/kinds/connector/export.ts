import type { Diagnostic } from '../../core/diagnostic.ts';
import { isObject, type Json, type JsonObject, listAt } from '../../core/json.ts';
import { isSecretHeader, variableFor } from '../../core/secret-names.ts';
import { searchAll } from '../../opensearch/paging.ts';
import {
  type ExportContext,
  type Exported,
  type LiveObject,
  LiveSecret,
  type LiveValue,
} from '../exporting.ts';
import { accessControl } from './access.ts';
import { credentialsIn } from './check.ts';
import { CONNECTORS } from './live.ts';

/** Connectors of other protocols (`mcp_sse`) belong to agents, and are no matter of manifests. */
const PROTOCOLS = ['http', 'aws_sigv4'];

export async function exportConnectors(context: ExportContext): Promise<Exported> {
  const { cluster, capabilities, wants, signal } = context;
  if (capabilities.plugins?.has('opensearch-ml') === false) return { objects: [], diagnostics: [] };
  const hits = await searchAll(cluster, `${CONNECTORS}/_search`, { match_all: {} }, { signal });
  const withAccess = accessControl(capabilities) !== false;
  const objects: LiveObject[] = [];
  const diagnostics: Diagnostic[] = [];
  const byName = new Map<string, { id: string; body: Record<string, unknown> }[]>();
  for (const { _id, _source } of hits) {
    const { name, protocol } = _source;
    if (typeof name !== 'string' || !wants(name) || !PROTOCOLS.includes(String(protocol))) continue;
    byName.set(name, [...(byName.get(name) ?? []), { id: _id, body: _source }]);
  }
  for (const [name, connectors] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [only, ...others] = connectors;
    if (only === undefined) continue;
    if (others.length > 0) diagnostics.push(ambiguous(name, connectors));
    else objects.push(objectOf(name, only, withAccess));
  }
  return { objects, diagnostics };
}

function objectOf(
  name: string,
  { id, body }: { id: string; body: Record<string, unknown> },
  withAccess: boolean,
): LiveObject {
  const credential = credentialOf(name, body);
  const { access, backend_roles: roles } = body;
  const spec: Record<string, LiveValue> = {
    name,
    ...pick(body, ['description', 'version', 'protocol', 'parameters']),
    credential,
    actions: listAt(body, 'actions').map((action) => actionOf(name, action)),
    ...pick(body, ['client_config']),
    // It is written as `access_mode` and read as `access`.
    ...(withAccess && typeof access === 'string' ? { access_mode: access } : {}),
    ...(withAccess && access === 'restricted' && Array.isArray(roles)
      ? { backend_roles: roles.map(String).sort() }
      : {}),
  };
  const variables = Object.values(credential).map(({ variable }) => variable);
  return {
    id,
    name,
    spec,
    comments: [`No server gives credentials out: set ${variables.join(' and ')} before this is planned.`],
    diagnostics: [],
  };
}

/** A key that stands in a header, for everybody to see, is put into no manifest. */
function actionOf(name: string, action: unknown): LiveValue {
  const { headers, ...rest } = action as Record<string, Json>;
  if (!isObject(headers)) return action as LiveValue;
  const kept = Object.entries(headers).map(([header, value]) => [
    header,
    isSecretHeader(header, value) ? new LiveSecret(variableFor(`${name}_${header}`)) : value,
  ]);
  return { ...rest, headers: Object.fromEntries(kept) as Record<string, LiveValue> };
}

/** Which credentials there are, no server tells either: they are those that the actions use. */
function credentialOf(name: string, body: Record<string, unknown>): Record<string, LiveSecret> {
  const used = listAt(body, 'actions').flatMap((action) => credentialsIn(JSON.stringify(action)));
  const signing = body.protocol === 'aws_sigv4' ? ['access_key', 'secret_key'] : [];
  const keys = [...new Set([...signing, ...used])];
  return Object.fromEntries(
    (keys.length === 0 ? ['key'] : keys).map((key) => [key, new LiveSecret(variableFor(`${name}_${key}`))]),
  );
}

function pick(body: Record<string, unknown>, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (isEmpty(body[key]) ? [] : [[key, body[key] as Json]])));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return isObject(value) && Object.keys(value).length === 0;
}

function ambiguous(name: string, connectors: readonly { readonly id: string }[]): Diagnostic {
  const ids = connectors.map(({ id }) => id).join(', ');
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_AMBIGUOUS',
    message: `The ${connectors.length} connectors named ${JSON.stringify(name)} (IDs ${ids}) are left out: a connector is known by its name.`,
    remedy: 'Rename or delete all but one of them, and export again.',
  };
}
