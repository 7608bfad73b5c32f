import { parseAddress } from '../../core/address.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { Reference } from '../../core/value.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Asked, KindSnapshot, Wanted } from '../kind.ts';
import { type Ask, compare, isThere, isWhole, wishesOf, wishOf } from './compare.ts';
import type { Source } from './documents.ts';
import { type Facts, readFacts } from './facts.ts';
import { judge } from './judge.ts';
import { type LiveIndex, readIndices } from './live.ts';
import type { Content, Found, Reading } from './reading.ts';
import { judgeRemoval } from './removal.ts';
import { digestOf, sourceOf, survey } from './source.ts';

interface Candidate {
  readonly wanted: Wanted;
  readonly names: readonly string[];
  readonly facts: Facts | undefined;
  readonly source: Source | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly content: Content | undefined;
}

/** Reads the sources from the disk and the live side with a few requests: lists for all, documents for small ones. */
export async function snapshot(cluster: Cluster, { wanted, leaving }: Asked): Promise<KindSnapshot> {
  const candidates: Candidate[] = [];
  for (const one of wanted) candidates.push(await readSource(one));
  const live = await readIndices(cluster, [
    ...candidates.flatMap(({ names }) => names),
    ...leaving.flatMap(({ recorded }) => recorded.id ?? []),
  ]);
  const found = await findAll(cluster, candidates, live);
  const readings = new Map(
    candidates.map((candidate) => [
      candidate.wanted.resource.address,
      {
        diagnostics: candidate.diagnostics,
        facts: candidate.facts,
        wanted: candidate.content,
        live,
        found: found.get(candidate) ?? new Map(),
      } satisfies Reading,
    ]),
  );
  return {
    judge: (question) => {
      const reading = readings.get(question.resource.address);
      if (reading === undefined) throw new Error(`${question.resource.address} was not read`);
      return judge(question, reading);
    },
    judgeRemoval: (recorded) => judgeRemoval(recorded, live),
  };
}

async function readSource(wanted: Wanted): Promise<Candidate> {
  const { resource, recorded } = wanted;
  const facts = readFacts(recorded?.facts);
  const names = namesOf(wanted);
  const { source, diagnostics } = await sourceOf(resource, resource.spec);
  const common = { wanted, names, facts, source };
  if (source === undefined || diagnostics.length > 0) return { ...common, diagnostics, content: undefined };
  if (facts !== undefined && (await digestOf(source)) === facts.sourceDigest) {
    const small = facts.held === undefined ? undefined : wishesOf(facts.held);
    const { documents, bytes } = facts;
    return { ...common, diagnostics, content: { digest: facts.sourceDigest, documents, bytes, small } };
  }
  const { problems, small, ...content } = await survey(source);
  const wishes = small === undefined ? undefined : [...small.values()].map(wishOf);
  return { ...common, diagnostics: problems, content: { ...content, small: wishes } };
}

/** Where references are not resolved yet, the name that the state remembers and the name of the reference. */
function namesOf({ resource, recorded }: Wanted): string[] {
  const index = resource.spec.index;
  if (typeof index === 'string') return [index];
  const names = recorded?.id === undefined ? [] : [recorded.id];
  const referred = index instanceof Reference ? parseAddress(index.address)?.name : undefined;
  return referred === undefined || names.includes(referred) ? names : [...names, referred];
}

async function findAll(
  cluster: Cluster,
  candidates: readonly Candidate[],
  live: ReadonlyMap<string, LiveIndex>,
): Promise<Map<Candidate, Map<string, Found>>> {
  const found = new Map(candidates.map((c) => [c, new Map<string, Found>()]));
  const asks: (Ask & { candidate: Candidate })[] = [];
  for (const candidate of candidates) {
    const { content, facts, source } = candidate;
    for (const index of candidate.names) {
      const there = live.get(index);
      if (
        content === undefined ||
        there === undefined ||
        there.unavailable ||
        candidate.diagnostics.length > 0
      )
        continue;
      if (content.small !== undefined) {
        asks.push({ candidate, index, wishes: content.small, held: facts?.held });
      } else if (
        facts?.indexUuid !== there.uuid &&
        source !== undefined &&
        there.documents >= content.documents
      ) {
        // A source that is not even there ends both at its first documents.
        const searchable = await isThere(cluster, index, source, { searched: true });
        if (searchable || (await isThere(cluster, index, source))) {
          found.get(candidate)?.set(index, { standing: 'all there', searchable });
        }
      }
    }
  }
  const standings = await compare(cluster, asks);
  const unknown = asks.filter(
    ({ candidate, index }, i) =>
      candidate.facts?.indexUuid !== live.get(index)?.uuid && isWhole(standings[i]),
  );
  const searched = await compare(cluster, unknown, { searched: true });
  const searchable = new Set(unknown.filter((_, i) => isWhole(searched[i])));
  for (const [i, ask] of asks.entries()) {
    const standing = standings[i];
    if (standing === undefined) continue;
    found.get(ask.candidate)?.set(ask.index, { standing, searchable: searchable.has(ask) });
  }
  return found;
}
