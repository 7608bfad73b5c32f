import { dig, type Json, sameJson } from '../../core/json.ts';
import { aliasAsWritten } from '../alias-body.ts';
import { type ExportContext, type Exported, LiveId, type LiveObject, type LiveValue } from '../exporting.ts';
import { indexPath, isMadeByServer, MARK, rolledOutAs } from '../user-indices.ts';
import { aliasesIn, type Body } from './live.ts';

/**
 * Aliases of no index that is itself exported: such an index tells its aliases. The name of a rolled-out index is an alias
 * of it, and belongs to the Index.
 */
export async function exportAliases(context: ExportContext): Promise<Exported> {
  const { cluster, wants, signal } = context;
  const { body } = await cluster.request({
    method: 'GET',
    path: `/${indexPath(context.patterns)}`,
    query: {
      ignore_unavailable: true,
      expand_wildcards: 'all',
      filter_path: `*.aliases,*.mappings._meta.${MARK}.index`,
    },
    accept: [404],
    signal,
  });
  const aliases = new Map<string, Map<string, Body>>();
  for (const [index, held] of aliasesIn(body)) {
    for (const [alias, content] of Object.entries(held)) {
      aliases.set(alias, (aliases.get(alias) ?? new Map<string, Body>()).set(index, content));
    }
  }
  const nameOf = (index: string): string => rolledOutAs(dig(body, index)) ?? index;
  const told = (index: string): boolean =>
    context.includes('Index') && (wants(index) || wants(nameOf(index)));
  const found = [...aliases]
    .filter(([alias, holders]) => {
      const indices = [...holders.keys()];
      return (
        wants(alias) &&
        !indices.some((index) => isMadeByServer(index, {}) || told(index) || nameOf(index) === alias)
      );
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([alias, holders]) => objectOf(alias, holders));
  const objects = found.flatMap((each) => ('spec' in each ? [each] : []));
  const diagnostics = found.flatMap((each) => ('spec' in each ? [] : [each]));
  return { objects, diagnostics };
}

function objectOf(
  alias: string,
  holders: ReadonlyMap<string, Body>,
): LiveObject | Exported['diagnostics'][0] {
  const indices = [...holders.keys()].sort();
  const bodies = [...holders.values()].map((body) => {
    const { is_write_index: _write, ...rest } = body;
    return aliasAsWritten(rest);
  });
  const [first = {}] = bodies;
  const writes = indices.filter((index) => holders.get(index)?.is_write_index === true);
  const explicit = indices.some((index) => holders.get(index)?.is_write_index === false);
  const single = indices.length === 1;
  if (!bodies.every((body) => sameJson(body, first)) || (explicit && !single)) {
    return {
      severity: 'warning',
      code: 'RCTL_EXPORT_LEFT_OUT',
      message: `The alias ${alias} is left out: its indices (${indices.join(', ')}) have it each in another way, which an Alias does not tell.`,
      remedy: 'Export the indices (--kind Index): each tells its aliases.',
    };
  }
  const write: Record<string, LiveValue> = {};
  const [writer] = writes;
  if (single && (explicit || writer !== undefined)) write.is_write_index = !explicit;
  else if (writer !== undefined) write.write_index = new LiveId('Index', writer);
  return {
    id: alias,
    name: alias,
    spec: {
      indices: indices.map((index) => new LiveId('Index', index)),
      ...write,
      ...(first as Record<string, Json>),
    },
    comments: [],
    diagnostics: [],
  };
}
