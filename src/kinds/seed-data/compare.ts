import type { JsonObject } from '../../core/json.ts';
import { dig, isObject, listAt, sameJson, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { forbiddenItem } from '../../opensearch/permissions.ts';
import { documentsOf, type SeedDocument, type Source } from './documents.ts';
import { contentId } from './identity.ts';

const MGET_DOCUMENTS = 1000;
const MGET_BYTES = 4 * 1024 * 1024;

/** A document as it should be. `value` is absent when only its hash is remembered. */
export interface Wish {
  readonly id: string;
  readonly hash: string;
  readonly value?: Record<string, unknown>;
}

/** For each ID the hash of what was sent and, where an ingest pipeline has changed it, of what is held. */
export type Held = Readonly<Record<string, string>>;

export interface Ask {
  readonly index: string;
  readonly wishes: readonly Wish[];
  readonly held: Held | undefined;
}

export interface Standing {
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly held: Held;
}

/** How many documents have to be written. */
export function pendingIn({ missing, different }: Standing): number {
  return missing.length + different.length;
}

export function isWhole(standing: Standing | undefined): boolean {
  return standing !== undefined && pendingIn(standing) === 0;
}

export function wishOf(document: SeedDocument): Wish {
  return { id: document.id, hash: contentId(document.value, document.text), value: document.value };
}

/** The wishes that a remembered state stands for. */
export function wishesOf(held: Held): Wish[] {
  return Object.entries(held).map(([id, hashes]) => ({ id, hash: hashes.split(' ')[0] ?? '' }));
}

interface Comparing {
  /**
   * As searches see them, which is what was last refreshed, and not as they were last written. Statistics do not tell the
   * two apart: a realtime get, such as ours, lets them count what no search finds yet (3.6.0).
   */
  readonly searched?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** How the live documents compare, for all sources at once. */
export async function compare(
  cluster: Cluster,
  asks: readonly Ask[],
  comparing: Comparing = {},
): Promise<Standing[]> {
  const all = asks.flatMap((ask, number) => ask.wishes.map((wish) => ({ ask, number, wish })));
  const standings = asks.map(() => ({ missing: [] as string[], different: [] as string[], held: record() }));
  for (let from = 0; from < all.length; from += MGET_DOCUMENTS) {
    const some = all.slice(from, from + MGET_DOCUMENTS);
    const sources = await getSources(
      cluster,
      some.map(({ ask, wish }) => ({ _index: ask.index, _id: wish.id })),
      comparing,
    );
    for (const [i, { ask, number, wish }] of some.entries()) {
      const standing = standings[number];
      const live = sources[i];
      if (standing === undefined) continue;
      if (live === undefined) standing.missing.push(wish.id);
      else {
        const hash = contentId(live);
        standing.held[wish.id] = hash === wish.hash ? hash : `${wish.hash} ${hash}`;
        if (!isSame(wish, live, hash, ask.held?.[wish.id])) standing.different.push(wish.id);
      }
    }
  }
  return standings;
}

function record(): Record<string, string> {
  return Object.create(null);
}

/**
 * An ingest pipeline may change what is held. Where the state remembers what the server made of this very
 * document, that must still stand; where it does not, every field that was written must be there.
 */
function isSame(wish: Wish, live: JsonObject, liveHash: string, remembered: string | undefined): boolean {
  if (liveHash === wish.hash) return true;
  if (remembered !== undefined) return remembered === `${wish.hash} ${liveHash}`;
  return wish.value !== undefined && holds(live, wish.value);
}

function holds(live: JsonObject, wanted: Record<string, unknown>): boolean {
  return Object.keys(wanted).every((key) => Object.hasOwn(live, key) && sameJson(live[key], wanted[key]));
}

async function getSources(
  cluster: Cluster,
  docs: readonly { readonly _index: string; readonly _id: string }[],
  { searched = false, signal }: Comparing,
): Promise<(JsonObject | undefined)[]> {
  const { body } = await cluster.request({
    method: 'POST',
    path: '/_mget',
    query: {
      filter_path: 'docs._id,docs._source,docs.error.reason',
      ...(searched ? { realtime: false } : {}),
    },
    body: { docs },
    repeatable: true,
    signal,
  });
  const answers = listAt(body, 'docs');
  return docs.map((_, i) => {
    const forbidden = forbiddenItem(textAt(answers[i], 'error', 'reason') ?? '', 'POST /_mget');
    if (forbidden !== undefined) throw forbidden;
    const source = dig(answers[i], '_source');
    return isObject(source) ? (source as JsonObject) : undefined;
  });
}

/** For a source of any size whose state is lost: is every document there, as written? Ends at the first that is not. */
export async function isThere(
  cluster: Cluster,
  index: string,
  source: Source,
  comparing: Comparing = {},
): Promise<boolean> {
  let wishes: Wish[] = [];
  let bytes = 0;
  const settle = async (): Promise<boolean> => {
    const [standing] = await compare(cluster, [{ index, wishes, held: undefined }], comparing);
    wishes = [];
    bytes = 0;
    return isWhole(standing);
  };
  let sound = true;
  const report = (): void => {
    sound = false;
  };
  for await (const batch of documentsOf(source, { report })) {
    for (const document of batch) {
      wishes.push(wishOf(document));
      bytes += document.source.length;
      if ((wishes.length === MGET_DOCUMENTS || bytes > MGET_BYTES) && !(await settle())) return false;
    }
  }
  return sound && (await settle());
}
