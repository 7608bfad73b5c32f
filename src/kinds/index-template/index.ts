import type { Address } from '../../core/address.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { diagnosticAt, placeIn, type Resource } from '../../core/resource.ts';
import type { Applied, ProvisionedKind, Question, Recorded, Removal, StepContext, Verdict } from '../kind.ts';
import { normalisedOf } from '../normalised.ts';
import { rawDifference, templateDifference } from './compare.ts';
import { conflictOf, priorityOf } from './conflicts.ts';
import { exportTemplates } from './export.ts';
import { type LiveTemplate, readTemplates } from './live.ts';
import { conflictWords, TEMPLATE_REFUSALS } from './refusals.ts';

const NAME = 'IndexTemplate';

function conflict(resource: Resource, other: unknown, named: string): Diagnostic | undefined {
  const patterns = conflictOf(resource.spec, other);
  if (patterns === undefined) return undefined;
  const shown = [...new Set(patterns)].join(' and ');
  const words = conflictWords(resource.name, named, shown, priorityOf(other));
  return diagnosticAt(resource, '/spec/index_patterns', { severity: 'error', ...words });
}

/** Between manifests: told once for each two, with both places. */
function conflictsAmong(resource: Resource, all: ReadonlyMap<Address, Resource>): Diagnostic[] {
  return [...all.values()].flatMap((other) => {
    if (other.kind !== NAME || other.address <= resource.address) return [];
    return conflict(resource, other.spec, `${other.name}${placeIn(other, '/spec/index_patterns')}`) ?? [];
  });
}

interface Ground {
  readonly templates: ReadonlyMap<string, LiveTemplate>;
  /** Names that manifests have: what becomes of those is not what the cluster holds now. */
  readonly declared: ReadonlySet<string>;
}

function judge(question: Question, { templates, declared }: Ground): Verdict {
  const { resource, spec, recorded } = question;
  const id = resource.name;
  const live = templates.get(id);
  const fields = live === undefined ? [] : templateDifference(live, spec, recorded);
  if (live !== undefined && fields.length === 0) {
    return { action: recorded === undefined ? 'adopt' : 'none', id };
  }
  const diagnostics = [...templates].flatMap(([name, other]) =>
    declared.has(name) ? [] : (conflict(resource, other, `${name} (of this cluster)`) ?? []),
  );
  if (diagnostics.length > 0) return { action: 'refuse', diagnostics };
  if (live === undefined) return { action: 'create', id, steps: ['create'] };
  return {
    action: 'update',
    id,
    steps: ['update'],
    fields,
    notes: ['indices that it has made already stay as they are'],
  };
}

function judgeRemoval({ id }: Recorded, { templates }: Ground): Removal {
  if (id === undefined || !templates.has(id)) return { gone: true };
  const notes = ['indices that it has made stay as they are'];
  return { gone: false, id, steps: ['delete'], notes };
}

function pathOf(name: string): string {
  return `/_index_template/${encodeURIComponent(name)}`;
}

async function put({ cluster, resource, spec }: StepContext): Promise<void> {
  await cluster.request({ method: 'PUT', path: pathOf(resource.name), body: spec });
}

export const indexTemplate: ProvisionedKind = {
  name: NAME,
  summary: 'A composable index template: settings, mappings and aliases of indices that come later.',
  provisions: true,
  namedByManifest: true,
  refusals: TEMPLATE_REFUSALS,

  async check(resource, all) {
    return conflictsAmong(resource, all);
  },

  async snapshot(cluster, { wanted }) {
    const templates = await readTemplates(cluster);
    const ground = { templates, declared: new Set(wanted.map(({ resource }) => resource.name)) };
    return {
      judge: (question) => judge(question, ground),
      judgeRemoval: (recorded) => judgeRemoval(recorded, ground),
    };
  },

  async apply(context): Promise<Applied> {
    const { cluster, resource, spec, change } = context;
    await context.step(change.action, () => put(context));
    const live = (await readTemplates(cluster)).get(resource.name);
    if (live === undefined) throw new Error(`the template ${resource.name} is gone right after it was put`);
    return { id: resource.name, facts: { normalised: normalisedOf(rawDifference(live, spec, undefined)) } };
  },

  async remove({ cluster, step }, id) {
    await step('delete', () => cluster.request({ method: 'DELETE', path: pathOf(id), accept: [404] }));
  },

  exporting: exportTemplates,
};
