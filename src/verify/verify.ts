import { RerankctlError } from '../core/errors.ts';
import type { Listener } from '../core/events.ts';
import type { JsonObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { compareVersions } from '../opensearch/capabilities.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { assemble } from './assemble.ts';
import { singCanaries } from './canaries.ts';
import type { Experiment } from './experiment.ts';
import { modelHashes, type Pipeline, pipelineOf, readPipeline } from './pipeline.ts';
import type { Arms, QueryContext } from './query.ts';
import { readExperiment } from './read-experiment.ts';
import { RERANKED, UNRERANKED, type VerificationReport } from './report.ts';
import { runQueries } from './run-queries.ts';

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly listener?: Listener | undefined;
  /** The figures of this run become the baseline: gates compare with no other. Nothing is written here. */
  readonly asBaseline?: boolean | undefined;
  /**
   * Definitions by name of pipelines that are tried before they are put: they live in the search body alone, and the
   * server keeps nothing of them (temporary pipelines, 2.19.1 and 3.6.0).
   */
  readonly trials?: ReadonlyMap<string, JsonObject> | undefined;
  /** By the name of an index, the one that is searched in its stead: its successor, before that has the name. */
  readonly instead?: ReadonlyMap<string, string> | undefined;
  /** Compare each pipeline that is tried with the one of its name, instead of with no pipeline. Judges no gate. */
  readonly besideToday?: boolean | undefined;
}

/** A `Verification`, and its spec with everything resolved: names in the place of references. */
export interface VerificationToRun {
  readonly resource: Pick<Resource, 'address' | 'folder' | 'locate'>;
  readonly spec: JsonObject;
}

/**
 * Runs every query through every arm, measures what came back, and judges it. A query that cannot be answered is a
 * verdict of its own and stops no other. What throws: an interruption, files with errors (`manifest`, each with its
 * line), and a cluster that does not even tell its version and pipelines.
 */
export async function verify(
  cluster: Cluster,
  verifications: readonly VerificationToRun[],
  options: VerifyOptions = {},
): Promise<VerificationReport[]> {
  if (verifications.length === 0) return [];
  const experiments = await readAll(verifications);
  const { version } = await cluster.identity();
  const pipelines = new Map<string, Pipeline>();
  const reports: VerificationReport[] = [];
  for (const experiment of experiments) {
    const { pipeline: name } = experiment;
    const trial = options.trials?.get(name);
    const today = options.besideToday === true;
    const pipeline =
      pipelines.get(name) ??
      (trial === undefined ? await readPipeline(cluster, name, options.signal) : pipelineOf(trial));
    pipelines.set(name, pipeline);
    const resolvesPaths = compareVersions(version, '3.6.0') >= 0;
    const arms = armsOf(experiment, trial, today);
    const asked = today ? { ...experiment, gates: [], baseline: undefined, others: [] } : experiment;
    const searched = options.instead?.get(experiment.index) ?? experiment.index;
    const { signal } = options;
    const context = { cluster, experiment: asked, searched, pipeline, arms, resolvesPaths, signal };
    reports.push(await run(context, version, options));
  }
  return reports;
}

/** The arms of a report about what a change does to the results. */
export const TODAY = 'today';
export const PROPOSED = 'proposed';

function armsOf({ pipeline, others }: Experiment, trial: JsonObject | undefined, besideToday: boolean): Arms {
  if (besideToday) {
    return [
      { name: TODAY, pipeline },
      { name: PROPOSED, pipeline: trial ?? pipeline },
    ];
  }
  return [
    { name: UNRERANKED, pipeline: undefined },
    { name: RERANKED, pipeline: trial ?? pipeline },
    ...others,
  ];
}

async function readAll(verifications: readonly VerificationToRun[]): Promise<Experiment[]> {
  const read = await Promise.all(verifications.map(({ resource, spec }) => readExperiment(resource, spec)));
  const diagnostics = read.flatMap((each) => each.diagnostics);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new RerankctlError('manifest', 'RCTL_INVALID', 'The verifications cannot be run as they are.', {
      diagnostics: errors,
    });
  }
  return read.map(({ experiment }) => experiment);
}

async function run(
  context: QueryContext,
  server: string,
  { listener, signal, asBaseline = false }: VerifyOptions,
): Promise<VerificationReport> {
  const { cluster, experiment, pipeline } = context;
  const canaries = await singCanaries(cluster, pipeline, experiment.canaries, signal);
  const queries = await runQueries(context, listener);
  const models = await modelHashes(cluster, pipeline, signal);
  const arms = context.arms.map(({ name }) => name);
  return assemble({ experiment, queries, canaries, server, models, asBaseline, arms });
}
