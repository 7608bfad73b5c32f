import { type Address, addressOf } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { RerankctlError, ServerError } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Lifecycle } from '../core/resource.ts';
import {
  type ExportContext,
  LiveId,
  type LiveObject,
  LiveSecret,
  type LiveValue,
} from '../kinds/exporting.ts';
import type { ProvisionedKind } from '../kinds/kind.ts';
import { KINDS } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { inDependencyOrder } from './graph.ts';

export type ExportRequest = Pick<ExportContext, 'signal' | 'patterns' | 'withData' | 'files' | 'progress'> & {
  /** Names of kinds; empty: all. */
  readonly kinds: readonly string[];
};

/** A manifest that is still to be written down: `spec` is plain JSON with `{$ref: …}` in it. */
export interface ExportedManifest {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly spec: JsonObject;
  readonly lifecycle?: Lifecycle;
  readonly comments: readonly string[];
  readonly dependsOn: readonly Address[];
}

type ExportingKind = ProvisionedKind & Required<Pick<ProvisionedKind, 'exporting'>>;

/** Kinds that have live objects, in the order in which people meet them. */
export function exportableKinds(): string[] {
  return exportingKinds().map(({ name }) => name);
}

function exportingKinds(): ExportingKind[] {
  return KINDS.flatMap((kind) =>
    kind.provisions && kind.exporting !== undefined ? [kind as ExportingKind] : [],
  );
}

interface Found {
  readonly kind: string;
  readonly object: LiveObject;
  readonly name: string;
  readonly address: Address;
}

/** Everything that was found, named; which of it becomes a manifest is decided with `manifestsOf`. */
export interface Findings {
  readonly found: readonly Found[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads what the cluster holds, whoever made it. Sends no write. */
export async function findObjects(cluster: Cluster, request: ExportRequest): Promise<Findings> {
  const capabilities = await cluster.capabilities();
  const includes = (kind: string): boolean => request.kinds.length === 0 || request.kinds.includes(kind);
  const context: ExportContext = {
    ...request,
    cluster,
    capabilities,
    wants: matcher(request.patterns),
    includes,
  };
  const asked = exportingKinds().filter(({ name }) => includes(name));
  const found: Found[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const kind of asked) {
    const exported = await kind.exporting(context).catch((error: unknown) => {
      throw forbidden(error, kind.name);
    });
    diagnostics.push(...exported.diagnostics);
    const taken = new Set<string>();
    for (const object of exported.objects) {
      const name = kind.namedByManifest ? object.name : nameFor(object.name, kind.name, taken);
      taken.add(name);
      found.push({ kind: kind.name, object, name, address: addressOf(kind.name, name) });
    }
  }
  return { found, diagnostics };
}

/** A user who may read a part can export that part. */
function forbidden(error: unknown, kind: string): unknown {
  if (!(error instanceof ServerError) || error.code !== 'RCTL_FORBIDDEN') return error;
  return new RerankctlError(error.failure, error.code, `${kind}: ${error.message}`, {
    remedy: `${error.remedy ?? ''} Or export only what this user may read, with --kind and --name.`.trim(),
    cause: error,
  });
}

/** A name matches when any of the patterns does; `*` stands for anything. */
function matcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => true;
  const escaped = patterns.map((pattern) =>
    pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  );
  const any = new RegExp(`^(?:${escaped.join('|')})$`, 'su');
  return (name) => any.test(name);
}

const LONGEST_NAME = 100;

/** Lower case, and only what needs no quotes anywhere; the last part of `publisher/family/model`. */
export function slugOf(text: string): string {
  return (text.split('/').findLast((part) => part.trim() !== '') ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/-{2,}/g, '-')
    .slice(0, LONGEST_NAME)
    .replaceAll(/^[-._]+|[-._]+$/g, '');
}

function nameFor(text: string, kind: string, taken: ReadonlySet<string>): string {
  const base = slugOf(text) || kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
  return name;
}

/**
 * The manifests of all objects but those at `without`, dependencies first. IDs of objects that become a manifest
 * are references; other IDs stay as they are.
 */
export function manifestsOf(
  { found, diagnostics }: Findings,
  without: ReadonlySet<Address>,
): { manifests: ExportedManifest[]; diagnostics: Diagnostic[] } {
  const kept = found.filter(({ address }) => !without.has(address));
  const addresses = new Map(kept.map(({ kind, object, address }) => [`${kind}/${object.id}`, address]));
  const all: Diagnostic[] = [...diagnostics];
  const manifests = kept.map(({ kind, object, name, address }) => {
    const dependsOn = new Set<Address>();
    const raw = new Set<LiveId>();
    const spec = plain(object.spec, (id) => {
      const target = addresses.get(`${id.kind}/${id.id}`);
      if (target === undefined) raw.add(id);
      else dependsOn.add(target);
      return target === undefined ? id.id : { $ref: target };
    }) as JsonObject;
    all.push(...object.diagnostics.map((diagnostic) => ({ ...diagnostic, address })));
    all.push(...[...raw].filter(({ doubtful }) => !doubtful).map((id) => unresolved(address, id)));
    const { comments, lifecycle } = object;
    const told = { address, kind, name, spec, comments, dependsOn: [...dependsOn].sort() };
    return lifecycle === undefined ? told : { ...told, lifecycle };
  });
  return { manifests: inDependencyOrder(manifests), diagnostics: all };
}

function plain(value: LiveValue, idOf: (id: LiveId) => Json): Json {
  if (value instanceof LiveId) return idOf(value);
  if (value instanceof LiveSecret) return { $env: value.variable };
  if (Array.isArray(value)) return value.map((item: LiveValue) => plain(item, idOf));
  if (!isObject(value)) return value as Json;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, plain(item as LiveValue, idOf)]),
  );
}

function unresolved(address: Address, { kind, id }: LiveId): Diagnostic {
  return {
    severity: 'note',
    code: 'RCTL_EXPORT_RAW_NAME',
    message: `${address} names the ${kind} ${id} as it is: that is not part of this export.`,
    remedy: `Export it too, or declare it and refer to it with {$ref: ${kind}/…}. On another cluster the ID is another.`,
    address,
  };
}

/**
 * Addresses of manifests whose spec holds, as plain data, what the reader would take for a directive: an object
 * whose only key begins with `$`. There is no way to write that down.
 */
export function untellable({ found }: Findings): Map<Address, string> {
  const problems = new Map<Address, string>();
  for (const { object, address } of found) {
    const key = directiveIn(object.spec);
    if (key !== undefined)
      problems.set(
        address,
        `it holds an object whose only key is ${key}, which a manifest takes for a directive`,
      );
  }
  return problems;
}

/** The environment variables that stand for secrets in what was found. */
export function variablesOf({ found }: Findings): string[] {
  const variables = new Set<string>();
  const visit = (value: LiveValue): void => {
    if (value instanceof LiveSecret) variables.add(value.variable);
    else if (!(value instanceof LiveId) && typeof value === 'object' && value !== null)
      for (const item of Object.values(value as Record<string, LiveValue>)) visit(item);
  };
  for (const { object } of found) visit(object.spec);
  return [...variables].sort();
}

function directiveIn(value: LiveValue): string | undefined {
  if (value instanceof LiveId || value instanceof LiveSecret || typeof value !== 'object' || value === null)
    return undefined;
  const entries = Object.entries(value as Record<string, LiveValue>);
  const [first] = entries;
  if (!Array.isArray(value) && entries.length === 1 && first?.[0].startsWith('$')) return first[0];
  for (const [, item] of entries) {
    const key = directiveIn(item);
    if (key !== undefined) return key;
  }
  return undefined;
}
