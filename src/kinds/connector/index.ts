import { type JsonObject, textAt } from '../../core/json.ts';
import type { ValueObject } from '../../core/value.ts';
import { checkAccess } from '../access-rules.ts';
import type { ProvisionedKind } from '../kind.ts';
import { bodyFor } from './access.ts';
import { create, remove, update } from './apply.ts';
import { checkConnector } from './check.ts';
import { exportConnectors } from './export.ts';
import { idOf, judgeConnector, judgeRemoval } from './judge.ts';
import { searchConnectors } from './live.ts';
import { CONNECTOR_REFUSALS } from './refusals.ts';

export const connector: ProvisionedKind = {
  name: 'Connector',
  summary: 'A connector, through which a remote model asks a service outside of the cluster.',
  provisions: true,
  namedByManifest: false,
  refusals: CONNECTOR_REFUSALS,
  standsBy: true,
  // Names are not unique: the server creates a second one without complaint.
  announced: true,

  check: async (resource) => [...checkConnector(resource), ...checkAccess(resource)],

  async snapshot(cluster, { wanted, leaving }, capabilities) {
    const names = wanted.flatMap(({ resource }) => textAt(resource.spec, 'name') ?? []);
    const ids = [...wanted, ...leaving].flatMap(({ recorded }) => idOf(recorded) ?? []);
    const ready = capabilities.plugins?.has('opensearch-ml') !== false;
    const connectors = ready ? await searchConnectors(cluster, { names, ids }) : [];
    return {
      judge: (question) => judgeConnector(question, connectors, capabilities),
      judgeRemoval: (recorded) => judgeRemoval(recorded, connectors),
    };
  },

  async apply(context) {
    const body = bodyFor(context.spec as ValueObject, context.capabilities) as JsonObject;
    const { change } = context;
    if (change.action === 'update') return context.step('update', () => update(context, change.id, body));
    return context.step('create', () => create(context, body));
  },

  async remove(context, id) {
    await context.step('delete', () => remove(context, id));
  },

  making: (intent) => textAt(intent, 'connectorId'),

  exporting: exportConnectors,
};
