import { isObject, textAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { pause } from '../opensearch/signals.ts';
import { BEGUN, type StepContext } from './kind.ts';

/** How long the last requests of a run that was killed are looked out for: on their way, */
const LATE_MS = 2_000;
/** and taken by the server, which is still at it (a busy one was seen to need more than 2 s). */
const AT_WORK_MS = 30_000;
const LATE_PAUSE_MS = 200;

/** Registrations of groups and models, as the server's own list of running requests names them (2.19, 3.6). */
const REGISTRATIONS = 'cluster:admin/opensearch/ml/register_model*';

/**
 * What a run that was killed may have created. Where the state says that a creation was begun and no more, it is
 * given a moment: the request may still be on its way, and the server would create a second object beside it.
 */
export async function lookForLate<T>(
  context: StepContext,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const begun = textAt(context.recorded?.intent, 'step') === BEGUN;
  for (;;) {
    const waited = performance.now() - context.since;
    // In this order: what ends in between is found.
    const atWork = begun && waited < AT_WORK_MS && (await isRegistering(context.cluster));
    const found = await find();
    if (found !== undefined || !begun || !(atWork || waited < LATE_MS)) return found;
    context.polled(
      'what an earlier run had begun',
      'not to be seen yet',
      waited,
      atWork ? AT_WORK_MS : LATE_MS,
    );
    await pause(LATE_PAUSE_MS, context.signal);
  }
}

async function isRegistering(cluster: Cluster): Promise<boolean> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: '/_tasks',
    query: { actions: REGISTRATIONS, filter_path: 'nodes.*.tasks.*.action' },
    accept: [403],
  });
  return status === 200 && isObject(body) && body.nodes !== undefined;
}
