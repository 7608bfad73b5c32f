import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Resource } from '../../core/resource.ts';
import { type PreparedPlan, plan } from '../../engine/provision.ts';
import { formerRelease } from '../../engine/rollback.ts';
import type { PlanInputs, SavedPlan } from '../../engine/saved-plan.ts';
import { readSavedPlan } from '../../engine/saved-plan.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Invocation } from '../command.ts';
import { type Flags, usage } from '../flags.ts';
import { lintLevels } from '../lint-levels.ts';
import { loadResources, type ManifestInputs, manifestInputs, stackOf } from './shared.ts';

/** More deletions than this in one run are rather a mistake. */
const MAX_DELETES = 10;

/** What the flags, or a saved plan, ask to be planned. */
export interface PlanRequest {
  readonly stack: string;
  readonly manifests: ManifestInputs;
  readonly rules: Omit<PlanInputs, 'files' | 'vars' | 'secretVars' | 'digest'>;
}

export function requestOf(invocation: Invocation): PlanRequest {
  const { flags } = invocation;
  return {
    stack: stackOf(flags),
    manifests: manifestInputs(invocation),
    rules: {
      prune: flags.on('prune'),
      maxDeletes: flags.count('max-deletes') ?? MAX_DELETES,
      allowDataLoss: flags.on('allow-data-loss'),
      targets: flags.list('target'),
      excludes: flags.list('exclude'),
    },
  };
}

/** The manifests are read, and complained of, before any cluster is asked. */
export async function loadAndPlan(
  { stack, manifests, rules }: PlanRequest,
  invocation: Invocation,
  cluster: Cluster,
): Promise<{ prepared: PreparedPlan; inputs: PlanInputs; resources: readonly Resource[] }> {
  if (invocation.flags.on('rollback')) return planRollback({ stack, manifests, rules }, invocation, cluster);
  const { resources, digest, secretVars } = await loadResources(invocation, manifests);
  if (rules.prune && resources.length === 0) {
    throw usage(
      'There is no manifest here, and --prune would delete all that the stack holds.',
      `When that is meant: rerankctl destroy --stack ${stack} --confirm ${stack}`,
    );
  }
  const { maxDeletes, allowDataLoss, targets, excludes } = rules;
  const removals = rules.prune ? { removals: { maxDeletes, allowDataLoss } } : {};
  const prepared = await plan(cluster, resources, {
    stack,
    targets,
    excludes,
    lint: lintLevels(invocation.flags),
    ...removals,
  });
  return { prepared, inputs: inputsOf(manifests, secretVars, digest, rules), resources };
}

function inputsOf(
  { files, vars }: ManifestInputs,
  secretVars: readonly string[],
  digest: string,
  rules: PlanRequest['rules'],
): PlanInputs {
  const open = Object.fromEntries(Object.entries(vars).filter(([name]) => !secretVars.includes(name)));
  return { files, vars: open, ...(secretVars.length === 0 ? {} : { secretVars }), digest, ...rules };
}

/** What `rollback` would do. Of manifests only the verifications count: they preview it. */
async function planRollback(
  { stack, manifests, rules }: PlanRequest,
  invocation: Invocation,
  cluster: Cluster,
): Promise<{ prepared: PreparedPlan; inputs: PlanInputs; resources: readonly Resource[] }> {
  const loaded =
    manifests.files.length === 0
      ? { resources: [], digest: '', secretVars: [] }
      : await loadResources(invocation, manifests);
  const verifications = loaded.resources.filter(({ kind }) => kind === 'Verification');
  const resources = [...(await formerRelease(cluster, stack)), ...verifications];
  const prepared = await plan(cluster, resources, { stack });
  return { prepared, inputs: inputsOf(manifests, loaded.secretVars, loaded.digest, rules), resources };
}

/** The saved plan that `apply FILE` names; `undefined` where it names manifests. */
export async function savedPlanOf({ flags, positionals, io }: Invocation): Promise<SavedPlan | undefined> {
  const [path, ...more] = positionals;
  if (path === undefined || !path.endsWith('.json')) return undefined;
  const text = await readFile(resolve(io.cwd, path), 'utf8').catch(() => undefined);
  const saved = text === undefined ? undefined : readSavedPlan(text);
  if (saved === undefined) return undefined;
  refuseMore(flags, more, saved);
  return saved;
}

/** A saved plan knows what it was made from and how: nothing of that can be said anew, but for its secrets. */
function refuseMore(flags: Flags, more: readonly string[], { inputs }: SavedPlan): void {
  const known = Object.keys(flags.pairs('var')).some((name) => !inputs.secretVars?.includes(name));
  const said = [
    'file',
    ...(known ? ['var'] : []),
    'target',
    'exclude',
    'prune',
    'max-deletes',
    'lint',
    'allow-data-loss',
    'stack',
  ].filter((name) => flags.on(name) || flags.text(name) !== undefined || flags.list(name).length > 0);
  const word = said[0] === undefined ? more[0] : `--${said[0]}`;
  if (word !== undefined) {
    throw usage(
      `A saved plan is applied as it is: ${word} has no place beside it.`,
      'Leave it out, or plan again with it.',
    );
  }
}

export function requestOfSaved({ stack, inputs }: SavedPlan, { flags }: Invocation): PlanRequest {
  const { files, vars, secretVars: _names, digest: _digest, ...rules } = inputs;
  return { stack, manifests: { files, vars: { ...vars, ...flags.pairs('var') } }, rules };
}

function rollbackWords(flags: Flags): string {
  const given = ['stack', 'url', 'username', 'password-file', 'ca-file'].flatMap((name) => {
    const value = flags.text(name);
    return value === undefined ? [] : [`--${name} ${withoutUser(value)}`];
  });
  return ['rerankctl rollback', ...given].join(' ');
}

/** The URL of a cluster may hold a password. */
function withoutUser(text: string): string {
  return text.replace(/^(https?:\/\/)?.*@/s, '$1');
}

/**
 * The words that make this very plan again, or apply it from a file: said to whoever reads it. Of secrets the place
 * alone.
 */
export function applyWords({ flags }: Invocation, secretVars: readonly string[] = []): string {
  if (flags.on('rollback')) return rollbackWords(flags);
  const quoted = (text: string): string =>
    /^[\w@%+=:,./*-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
  const many = (names: readonly string[]): string[] =>
    names.flatMap((name) =>
      flags.list(name).map((value) => `${name === 'file' ? '-f' : `--${name}`} ${quoted(value)}`),
    );
  const vars = Object.entries(flags.pairs('var')).map(([name, value]) =>
    secretVars.includes(name) ? `--var ${name}=…` : `--var ${quoted(`${name}=${value}`)}`,
  );
  const secret = vars.filter((word) => word.endsWith('=…'));
  const one = (names: readonly string[]): string[] =>
    names.flatMap((name) => {
      const value = flags.text(name);
      return value === undefined ? [] : [`--${name} ${quoted(name === 'url' ? withoutUser(value) : value)}`];
    });
  const on = (names: readonly string[]): string[] =>
    names.filter((name) => flags.on(name)).map((name) => `--${name}`);
  const made = [
    ...many(['file']),
    ...vars,
    ...many(['target', 'exclude', 'lint']),
    ...on(['prune', 'allow-data-loss']),
    ...one(['max-deletes', 'stack']),
  ];
  const out = flags.text('out');
  return [
    'rerankctl apply',
    ...(out === undefined ? made : [quoted(out), ...secret]),
    ...one(['url', 'username', 'password-file', 'ca-file']),
    ...on(['insecure-skip-tls-verify']),
  ].join(' ');
}
