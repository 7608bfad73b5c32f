import type { Diagnostic } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import type { ValueObject } from '../../core/value.ts';
import { findRule, wordsOf } from '../../opensearch/refusals/rule.ts';
import type { Applied, StepContext } from '../kind.ts';
import { BulkSender, type Operation, type Refusal } from './bulk.ts';
import { compare, type Held, wishOf } from './compare.ts';
import { complaint, documentsOf, type SeedDocument, type Source } from './documents.ts';
import { type Facts, factsOf, readFacts } from './facts.ts';
import { count, removedIds, unavailable } from './judge.ts';
import { type LiveIndex, readIndices } from './live.ts';
import { DOCUMENT_REFUSALS } from './refusals.ts';
import { type Survey, sourceOf, stampOfSource, survey } from './source.ts';

const REFUSALS_SHOWN = 20;
const PROGRESS_EVERY_MS = 250;

/** Writes what is missing or differs. May be run again at any time: an ID is written over by the same document. */
export async function seed(context: StepContext): Promise<Applied> {
  const { cluster, resource, spec, signal } = context;
  const { source, diagnostics } = await sourceOf(resource, spec as ValueObject);
  const index = spec.index;
  if (source === undefined || diagnostics.length > 0 || typeof index !== 'string') throw unsound(diagnostics);
  const surveyed = await survey(source);
  if (surveyed.problems.length > 0) throw unsound(surveyed.problems);

  const before = await readIndex(context, index);
  const facts = factsOn(context, before);
  const written = await context.step('seed', () => send(context, source, surveyed, index, facts));
  if ((await stampOfSource(source)) !== surveyed.stamp) throw moved();
  // A run that was killed remembers nothing: what it has written may all be there, and not refreshed yet.
  if (!written && facts !== undefined)
    return { id: index, facts: await factsAfter(context, surveyed, index, before) };
  await context.step('refresh', () =>
    cluster.request({
      method: 'POST',
      path: `/${encodeURIComponent(index)}/_refresh`,
      repeatable: true,
      signal,
    }),
  );
  return { id: index, facts: await factsAfter(context, surveyed, index, await readIndex(context, index)) };
}

/** _bulk would create a missing index with guessed mappings, so it must be there before. */
async function readIndex({ cluster, signal }: StepContext, index: string): Promise<LiveIndex> {
  const live = (await readIndices(cluster, [index], signal)).get(index);
  if (live === undefined) {
    throw new RerankctlError('server', 'RCTL_SEED_INDEX_MISSING', `there is no index ${index} to seed`, {
      remedy: 'Declare it as an Index and refer to it with {$ref: Index/…}, so that it is created first.',
    });
  }
  if (!live.unavailable) return live;
  const { code, message, remedy } = unavailable(index);
  throw new RerankctlError('server', code, message, { remedy });
}

async function factsAfter(context: StepContext, surveyed: Survey, index: string, live: LiveIndex) {
  return factsOf(surveyed, live, (await standingOf(context, surveyed, index, undefined))?.held);
}

async function standingOf(context: StepContext, surveyed: Survey, index: string, held: Held | undefined) {
  if (surveyed.small === undefined) return undefined;
  const wishes = [...surveyed.small.values()].map(wishOf);
  const [standing] = await compare(context.cluster, [{ index, wishes, held }], { signal: context.signal });
  return standing;
}

/** What the state remembers of this very index. */
function factsOn({ recorded }: StepContext, live: LiveIndex): Facts | undefined {
  const remembered = readFacts(recorded?.facts);
  return remembered?.indexUuid === live.uuid ? remembered : undefined;
}

/** True when anything was written. */
async function send(
  context: StepContext,
  source: Source,
  surveyed: Survey,
  index: string,
  facts: Facts | undefined,
): Promise<boolean> {
  const standing = await standingOf(context, surveyed, index, facts?.held);
  const differing = standing && new Set([...standing.missing, ...standing.different]);
  const meter = new Meter(context, differing?.size ?? surveyed.documents);
  const sender = new BulkSender({
    cluster: context.cluster,
    index,
    signal: context.signal,
    refused: (refusal) => meter.refused(source, refusal),
    written: (documents, bytes) => meter.written(documents, bytes),
    waiting: (documents, delayMs) =>
      context.progress('seed', `overloaded: ${count(documents)} again in ${Math.round(delayMs)} ms`),
  });
  try {
    for await (const batch of operations(source, surveyed, differing)) {
      for (const operation of batch) {
        const full = sender.add(operation);
        if (full !== undefined) await full;
      }
    }
    if (surveyed.small !== undefined) {
      for (const id of removedIds(facts, surveyed.small.keys())) await sender.add({ id });
    }
    await sender.finish();
  } catch (error) {
    await sender.abandon();
    throw error;
  }
  meter.complete(index);
  return meter.any;
}

async function* operations(
  source: Source,
  surveyed: Survey,
  differing: ReadonlySet<string> | undefined,
): AsyncGenerator<readonly Operation[]> {
  if (surveyed.small !== undefined) {
    yield [...surveyed.small.values()].filter(({ id }: SeedDocument) => differing?.has(id) ?? true);
    return;
  }
  const report = (problem: Diagnostic): void => {
    throw unsound([problem]);
  };
  yield* documentsOf(source, { report });
}

/** Counts what goes over, tells of it a few times a second, and keeps what the server refused. */
class Meter {
  readonly #context: StepContext;
  readonly #total: number;
  readonly #since = performance.now();
  readonly #refusals: Diagnostic[] = [];
  #refused = 0;
  #documents = 0;
  #bytes = 0;
  #told = 0;

  constructor(context: StepContext, total: number) {
    this.#context = context;
    this.#total = total;
  }

  get any(): boolean {
    return this.#documents > 0;
  }

  written(documents: number, bytes: number): void {
    this.#documents += documents;
    this.#bytes += bytes;
    const now = performance.now();
    if (now - this.#told < PROGRESS_EVERY_MS) return;
    this.#told = now;
    const rate = this.#bytes / 1e6 / ((now - this.#since) / 1e3);
    const detail = `${grouped(this.#documents)} of ${count(this.#total)}, ${rate.toFixed(rate < 10 ? 1 : 0)} MB/s`;
    this.#context.progress('seed', detail);
  }

  refused(source: Source, { operation, reason, source: bytes }: Refusal): void {
    this.#refused++;
    if (this.#refusals.length >= REFUSALS_SHOWN) return;
    const rule = findRule({ reason }, DOCUMENT_REFUSALS);
    const known = rule === undefined ? undefined : wordsOf(rule, { reason });
    const problem = {
      problem: `was refused: ${reason}`,
      code: known?.code ?? 'RCTL_SEED_REJECTED',
      ...(known?.remedy === undefined ? {} : { remedy: known.remedy }),
    };
    const place = operation.place;
    this.#refusals.push(
      place === undefined
        ? { severity: 'error', code: problem.code, message: `deleting ${operation.id} ${problem.problem}` }
        : complaint(source.resource, place, problem, bytes),
    );
  }

  complete(index: string): void {
    if (this.#refused === 0) return;
    const more = this.#refused - this.#refusals.length;
    throw new RerankctlError(
      'server',
      'RCTL_SEED_REJECTED',
      `${index} refused ${grouped(this.#refused)} of ${count(this.#total)}${more > 0 ? `; the first ${REFUSALS_SHOWN} are listed` : ''}`,
      {
        remedy: 'Mend these documents or the mapping of the index, and apply again. The others were written.',
        diagnostics: this.#refusals,
      },
    );
  }
}

function unsound(diagnostics: readonly Diagnostic[]): RerankctlError {
  const first = diagnostics[0]?.message ?? 'the documents cannot be read';
  return new RerankctlError('manifest', 'RCTL_SEED_DOCUMENT', first, { diagnostics });
}

function moved(): RerankctlError {
  return new RerankctlError('manifest', 'RCTL_SEED_CHANGED', 'the files were changed while they were read', {
    remedy: 'Apply again.',
  });
}
