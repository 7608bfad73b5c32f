import type { Address } from '../core/address.ts';
import { RerankctlError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import type { ValueObject } from '../core/value.ts';
import { provisionedKindAt } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { remembered } from './removal.ts';
import { isSealed } from './secrets.ts';
import type { Former, StateRecord } from './state/read.ts';
import { readState } from './state/read.ts';

/**
 * The pipelines that the last release changed, as they were before it, and the models that they named then: planned
 * and applied like manifests. Reads the state of the stack and nothing else.
 */
export async function formerRelease(cluster: Cluster, stack: string): Promise<Resource[]> {
  const { records } = await readState(cluster, stack);
  const all = [...records.values()];
  const latestOf = (record: StateRecord): Former | undefined =>
    provisionedKindAt(record.address)?.servesSearches === true ? record.former?.[0] : undefined;
  const released = all.flatMap((record) => latestOf(record)?.until ?? []).sort();
  const until = released.at(-1);
  if (until === undefined) {
    throw new RerankctlError(
      'refused',
      'RCTL_NOTHING_TO_ROLL_BACK',
      `The stack ${stack} remembers no earlier release: no search pipeline of it was changed by an apply, or lifecycle.keep is 0.`,
      { remedy: 'Take the change back in git, and apply.' },
    );
  }
  const pipelines = all.flatMap((record) => {
    const former = latestOf(record);
    return former?.until === until ? [{ record, former }] : [];
  });
  const models = pipelines.flatMap(({ record, former }) => modelsOf(record, former, records));
  const unique = new Map([...models, ...pipelines].map((each) => [each.record.address, each]));
  return [...unique.values()].map(({ record, former }) => resourceOf(record, former));
}

interface Returning {
  readonly record: StateRecord;
  readonly former: Former;
}

/** What the pipeline depended on and was another object then. Throws when that was not kept. */
function modelsOf(
  pipeline: StateRecord,
  { applied = {}, until }: Former,
  records: ReadonlyMap<Address, StateRecord>,
): Returning[] {
  const named = new Set(textsOf(applied));
  return pipeline.dependsOn.flatMap((address) => {
    const record = records.get(address);
    if (record === undefined || provisionedKindAt(address)?.rest === undefined) return [];
    if (record.id !== undefined && named.has(record.id)) return [];
    const former = (record.former ?? []).find(({ id }) => id !== undefined && named.has(id));
    if (former !== undefined) return [{ record, former }];
    throw new RerankctlError(
      'refused',
      'RCTL_FORMER_GONE',
      `Before the release of ${until} ${pipeline.address} went through another ${address}, and that one was not kept.`,
      {
        remedy:
          'Take the change back in git and apply: the model is registered again, and measured first. For the next time: lifecycle.keep of the model.',
      },
    );
  });
}

function resourceOf(record: StateRecord, { id, applied = {}, until }: Former): Resource {
  if (textsOf(applied).some(isSealed)) {
    throw new RerankctlError(
      'refused',
      'RCTL_ROLLBACK_SECRET',
      `${record.address} held a secret in that release, and the state keeps none that could be read back.`,
      { remedy: 'Take the change back in git, and apply.' },
    );
  }
  return {
    ...remembered(record),
    spec: applied as ValueObject,
    former: { ...(id === undefined ? {} : { id }), ...(until === undefined ? {} : { until }) },
  };
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.values(value as JsonObject).flatMap(textsOf) : [];
}
