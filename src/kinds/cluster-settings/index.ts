import { ServerError } from '../../core/errors.ts';
import { sameJson } from '../../core/json.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Applied, ProvisionedKind, Question, Recorded, Removal, StepContext, Verdict } from '../kind.ts';
import { inWords } from '../refusals.ts';
import { settingText } from '../settings.ts';
import { checkSettings } from './check.ts';
import { compare, overridden, previousOf, settingsOf, toPutBack } from './compare.ts';
import { exportSettings } from './export.ts';
import { type LiveSettings, putSettings, readNames, readSettings, type Settings } from './live.ts';
import { SETTINGS_REFUSALS } from './refusals.ts';

/** The settings of a cluster have no ID; they are always there. */
const ID = '_cluster/settings';

function judge({ spec, recorded }: Question, live: LiveSettings): Verdict {
  const { fields, previous, left } = compare(live, spec, recorded);
  const notes = overridden(live, Object.keys(previous));
  if (fields.length > 0) return { action: 'update', id: ID, steps: ['set'], fields, notes };
  const known = recorded?.facts?.previous;
  if (recorded?.id !== undefined && sameJson(known, previous)) return { action: 'none', id: ID, notes };
  // Everything is as it should be; the state does not know yet what was there before, or knows too much.
  return { action: 'adopt', id: ID, facts: { previous }, notes: [...notes, ...left.map(leftNote)] };
}

function leftNote(name: string): string {
  return `${name} is as it was before the first apply, and left alone from now on`;
}

function judgeRemoval(recorded: Recorded, live: LiveSettings): Removal {
  const back = Object.entries(toPutBack(live, recorded));
  if (back.length === 0) return { gone: true };
  const notes = back.map(([name, value]) => {
    const now = JSON.stringify(live.persistent[name] ?? null);
    return `${name}: ${now} becomes ${value === null ? "unset, the server's default" : JSON.stringify(value)}`;
  });
  return { gone: false, id: ID, steps: ['put back'], notes };
}

async function send({ cluster }: Pick<StepContext, 'cluster'>, values: Settings): Promise<void> {
  try {
    await inWords(SETTINGS_REFUSALS, {}, () => putSettings(cluster, values));
  } catch (error) {
    throw (await withSuggestion(cluster, error)) ?? error;
  }
}

/** A setting that is not known, with the one that may have been meant. */
async function withSuggestion(cluster: Cluster, error: unknown): Promise<ServerError | undefined> {
  if (!(error instanceof ServerError) || error.code !== 'RCTL_SETTING_UNKNOWN') return undefined;
  const name = /setting \[([^\]]+)\]/.exec(error.reason)?.[1] ?? '';
  if (name.startsWith('index.')) return undefined;
  const remedy = didYouMean(name, await readNames(cluster));
  return remedy === undefined
    ? undefined
    : new ServerError(error, { code: error.code, message: error.message, remedy }, error.cause);
}

async function apply(context: StepContext): Promise<Applied> {
  const { cluster, spec, recorded } = context;
  const { values, previous } = compare(await readSettings(cluster), spec, recorded);
  if (Object.keys(values).length > 0) {
    const known = previousOf(recorded);
    // Once they are set, nothing tells any more what was there before.
    if (Object.keys(previous).some((name) => !Object.hasOwn(known, name))) {
      await context.journal({ step: 'set', previous: { ...known, ...previous } });
    }
    await context.step('set', () => send(context, values));
  }
  return { id: ID, facts: { previous } };
}

export const clusterSettings: ProvisionedKind = {
  name: 'ClusterSettings',
  summary: 'Persistent settings of the whole cluster; one that leaves the manifest gets its old value back.',
  provisions: true,
  namedByManifest: false,
  refusals: SETTINGS_REFUSALS,

  async check(resource, all) {
    return checkSettings(resource, all);
  },

  async snapshot(cluster) {
    const live = await readSettings(cluster);
    return {
      judge: (question) => judge(question, live),
      judgeRemoval: (recorded) => judgeRemoval(recorded, live),
    };
  },

  settings({ spec }) {
    return new Map(settingsOf(spec).map(({ name, value }) => [name, settingText(value)]));
  },

  apply,

  async remove(context) {
    const back = toPutBack(await readSettings(context.cluster), context.recorded);
    if (Object.keys(back).length > 0) await context.step('put back', () => send(context, back));
  },

  exporting: exportSettings,
};
