import { textAt } from '../../core/json.ts';
import { diagnosticAt } from '../../core/resource.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { Question, Recorded, Removal, Verdict } from '../kind.ts';
import { mlPluginMissing } from '../ml-commons.ts';
import { accessControl, bodyFor, withoutAccessControl } from './access.ts';
import { compare } from './compare.ts';
import { obstacles } from './endpoints.ts';
import type { LiveConnector } from './live.ts';

export function judgeConnector(
  question: Question,
  connectors: readonly LiveConnector[],
  capabilities: Capabilities,
): Verdict {
  const { resource, recorded } = question;
  const missing = mlPluginMissing(resource, capabilities);
  if (missing !== undefined) return { action: 'refuse', diagnostics: [missing] };
  const { refused, notes } =
    accessControl(capabilities) === false ? withoutAccessControl(question) : { refused: [], notes: [] };
  const diagnostics = [...refused, ...obstacles(question, capabilities)];
  if (diagnostics.length > 0) return { action: 'refuse', diagnostics };

  const own = connectors.find(({ id }) => id === idOf(recorded));
  // What a run that was killed has begun to make, and nobody heard of, is looked for by apply.
  const unfinished = recorded?.intent !== undefined && own === undefined && recorded.id === undefined;
  const named = own === undefined && !unfinished ? namesakes(question, connectors) : [];
  if (named.length > 1) return ambiguous(question, named);
  const live = own ?? named[0];
  if (live === undefined || unfinished) {
    const reason = unfinished ? { reason: 'finishes what an interrupted run began' } : {};
    return { action: 'create', steps: ['create'], notes, ...reason };
  }
  const { fields, because } = compare(live.body, bodyFor(question.spec, capabilities), question);
  if (fields.length > 0) return changed(live, { fields, because }, notes);
  if (recorded?.id !== undefined) return { action: 'none', id: live.id, notes };
  // An interrupted run made it from this very spec.
  return { action: 'adopt', id: live.id, notes: own === undefined ? [...notes, UNREADABLE] : notes };
}

const UNREADABLE = 'its credential cannot be read, and is taken to be that of the manifest';

/** Connectors of this name; when one of them is what deployed models use, that one alone. */
function namesakes({ spec }: Question, connectors: readonly LiveConnector[]): LiveConnector[] {
  const named = connectors.filter(({ name }) => name === spec.name);
  const serving = named.filter(({ deployed }) => deployed.length > 0);
  return serving.length === 1 ? serving : named;
}

function ambiguous({ resource, spec }: Question, named: readonly LiveConnector[]): Verdict {
  const list = named.map(({ id, users }) => `${id}, used by ${users.length} models`).join('; ');
  return {
    action: 'refuse',
    diagnostics: [
      diagnosticAt(resource, '/spec/name', {
        severity: 'error',
        code: 'RCTL_AMBIGUOUS_CONNECTOR',
        message: `The cluster has ${named.length} connectors named ${JSON.stringify(spec.name)} (${list}), so it cannot be told which one is meant.`,
        remedy: 'Rename or delete all but one of them, or give this connector another name.',
      }),
    ],
  };
}

/**
 * The server updates no connector that a deployed model uses, and a model that is undeployed for it answers nobody
 * meanwhile: so there a new connector is made beside the old one, and a new model for it.
 */
function changed(
  live: LiveConnector,
  { fields, because }: ReturnType<typeof compare>,
  notes: readonly string[],
): Verdict {
  const common = { id: live.id, fields, notes };
  if (because === undefined && live.deployed.length === 0)
    return { action: 'update', steps: ['update'], ...common };
  const [models, use] = live.deployed.length === 1 ? ['model', 'uses'] : ['models', 'use'];
  const used = `the deployed ${models} ${live.deployed.join(', ')} ${use} it`;
  return {
    action: 'replace',
    steps: ['create', 'delete the old one'],
    reason: because ?? `${used}, and no server updates it then`,
    ...common,
  };
}

/** The connector of a record, also of a creation that was interrupted. */
export function idOf(recorded: Recorded | undefined): string | undefined {
  return recorded?.id ?? textAt(recorded?.intent, 'connectorId');
}

export function judgeRemoval(recorded: Recorded, connectors: readonly LiveConnector[]): Removal {
  const live = connectors.find(({ id }) => id === idOf(recorded));
  return live === undefined ? { gone: true } : { gone: false, id: live.id, steps: ['delete'] };
}
