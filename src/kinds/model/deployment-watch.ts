import type { Cluster } from '../../opensearch/cluster.ts';
import { readLoaded } from '../held-models.ts';
import { getModel } from './live.ts';
import { OrphanWatch, type TaskWatch } from './orphans.ts';
import { GONE, isPending, type Task } from './task.ts';

/** Asked this rarely: a deployment that ends well mostly does so before the first look. */
const LOOK_EVERY_MS = 3_000;
/** The server takes a deployment that nobody works at for failed after 20 s, and looks every 10 s. */
const FAILED_FOR_MS = 30_000;

/**
 * Watches the task of a deployment, and the model beside it. That a deployment has begun and that it has ended are
 * written by two requests of the server which nobody orders: when the first comes last, the task is RUNNING for ever
 * although the model is deployed (seen on 3.6.0 under load, one of several hundred). A deployment of which nothing is
 * left counts as `GONE`.
 */
export class DeploymentWatch implements TaskWatch {
  readonly #cluster: Cluster;
  readonly #modelId: string;
  readonly #orphans: OrphanWatch;
  #nextLook = performance.now() + LOOK_EVERY_MS;
  #failedSince: number | undefined;

  constructor(cluster: Cluster, modelId: string) {
    this.#cluster = cluster;
    this.#modelId = modelId;
    this.#orphans = new OrphanWatch(cluster);
  }

  async verdict(task: Task): Promise<string | undefined> {
    const now = performance.now();
    if (now < this.#nextLook || !isPending(task)) return this.#orphans.verdict(task);
    this.#nextLook = now + LOOK_EVERY_MS;
    const [model, loaded] = await Promise.all([
      getModel(this.#cluster, this.#modelId),
      readLoaded(this.#cluster),
    ]);
    const held = loaded?.has(this.#modelId) === true;
    if (model?.state === 'DEPLOYED' && held) return 'COMPLETED';
    if (model?.state !== 'DEPLOY_FAILED' || held) this.#failedSince = undefined;
    else this.#failedSince ??= now;
    const failed = this.#failedSince !== undefined && now - this.#failedSince >= FAILED_FOR_MS;
    return failed ? GONE : this.#orphans.verdict(task);
  }
}
