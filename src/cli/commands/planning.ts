import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Resource } from '../../core/resource.ts';
import { type PlanOptions, type PreparedPlan, plan } from '../../engine/provision.ts';
import { formerRelease } from '../../engine/rollback.ts';
import type { PlanInputs, SavedPlan } from '../../engine/saved-plan.ts';
import { readSavedPlan } from '../../engine/saved-plan.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { withoutUserinfo } from '../../opensearch/endpoint.ts';
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

export async function requestOf(invocation: Invocation): Promise<PlanRequest> {
  const { flags } = invocation;
  return {
    stack: await stackOf(invocation),
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
  refuseEmptyPrune({ stack, rules }, resources);
  const prepared = await plan(cluster, resources, planOptionsOf({ stack, rules }, invocation.flags));
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

/** How the engine is to plan what was asked for. */
export function planOptionsOf(
  { stack, rules }: Pick<PlanRequest, 'stack' | 'rules'>,
  flags: Flags,
): PlanOptions {
  const { prune, maxDeletes, allowDataLoss, targets, excludes } = rules;
  const removals = prune ? { removals: { maxDeletes, allowDataLoss } } : {};
  return { stack, targets, excludes, lint: lintLevels(flags), ...removals };
}

export function refuseEmptyPrune(
  { stack, rules }: Pick<PlanRequest, 'stack' | 'rules'>,
  resources: readonly Resource[],
): void {
  if (!rules.prune || resources.length > 0) return;
  throw usage(
    'There is no manifest here, and --prune would delete all that the stack holds.',
    `When that is meant: rerankctl destroy --stack ${stack} --confirm ${stack}`,
  );
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

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w@%+=:,./*-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Of a variable that secrets are made of the name alone: these words end up in logs. */
function varWords(vars: Readonly<Record<string, string>>, secretVars: readonly string[] = []): string[] {
  return Object.entries(vars).map(([name, value]) =>
    secretVars.includes(name) ? `--var ${name}=…` : `--var ${quoted(`${name}=${value}`)}`,
  );
}

/** The flags of a command line that were given, to be said again: these of many values, these of one, these switches. */
function givenFlags(
  flags: Flags,
  { many = [], one = [], on = [] }: Partial<Record<'many' | 'one' | 'on', readonly string[]>>,
): string[] {
  return [
    ...many.flatMap((name) =>
      flags.list(name).map((value) => `${name === 'file' ? '-f' : `--${name}`} ${quoted(value)}`),
    ),
    ...on.filter((name) => flags.on(name)).map((name) => `--${name}`),
    ...one.flatMap((name) => {
      const value = flags.text(name);
      if (value === undefined) return [];
      // A password in a URL stays behind: these words end up in logs.
      return [`--${name} ${quoted(name === 'url' || name === 'proxy' ? withoutUserinfo(value) : value)}`];
    }),
  ];
}

const TO_THE_CLUSTER = {
  one: [
    'profile',
    'config',
    'url',
    'username',
    'password-file',
    'token-file',
    'ca-file',
    'client-cert',
    'client-key',
    'client-key-passphrase-file',
    'aws-service',
    'aws-region',
    'proxy',
  ],
  on: ['insecure-skip-tls-verify'],
};

export function rollbackWords(flags: Flags): string {
  const given = [...givenFlags(flags, { one: ['stack'] }), ...givenFlags(flags, TO_THE_CLUSTER)];
  return ['rerankctl rollback', ...given].join(' ');
}

/** Another command with the same manifests on the same cluster, for whoever wants to go on. */
export function nextWords(
  command: string,
  {
    flags,
    files,
    vars,
    secretVars,
  }: ManifestInputs & { readonly flags: Flags; readonly secretVars?: readonly string[] | undefined },
  carried: readonly string[] = ['stack'],
): string {
  return [
    `rerankctl ${command}`,
    ...files.map((path) => `-f ${quoted(path)}`),
    ...varWords(vars, secretVars),
    ...givenFlags(flags, { one: carried }),
    ...givenFlags(flags, TO_THE_CLUSTER),
  ].join(' ');
}

/** The words that make this very plan again, or apply it from a file: said to whoever reads it. */
export function applyWords({ flags, positionals }: Invocation, secretVars?: readonly string[]): string {
  if (flags.on('rollback')) return rollbackWords(flags);
  const vars = varWords(flags.pairs('var'), secretVars);
  const made = [
    ...positionals.map((path) => `-f ${quoted(path)}`),
    ...givenFlags(flags, { many: ['file'] }),
    ...vars,
    ...givenFlags(flags, {
      many: ['target', 'exclude', 'lint'],
      on: ['prune', 'allow-data-loss'],
      one: ['max-deletes', 'stack'],
    }),
  ];
  const out = flags.text('out');
  return [
    'rerankctl apply',
    // A saved plan holds no secret: it is given again.
    ...(out === undefined ? made : [quoted(out), ...vars.filter((word) => word.endsWith('=…'))]),
    ...givenFlags(flags, TO_THE_CLUSTER),
  ].join(' ');
}
