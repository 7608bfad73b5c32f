import {
  CLUSTER,
  COMMON,
  DEV,
  type Flag,
  INIT,
  LINT,
  MANIFESTS,
  PRUNE,
  REPORTED,
  SELECTION,
  STACK,
} from './flag-table.ts';

export interface CommandHelp {
  readonly usage: string;
  readonly summary: string;
  /** Help begins with it. Every example is run by a test (`test/cli/thirty/help.test.ts`). */
  readonly example: string;
  readonly examples?: readonly string[];
  readonly flags: readonly Flag[];
  /** What its first word may be, for completion; without it manifests, where it takes -f. */
  readonly words?: 'folder' | 'field' | 'schema' | 'shell' | readonly string[];
}

export const COMMANDS = {
  init: {
    usage: 'init [FOLDER]',
    summary: 'ask what shall rerank, and write manifests for it (into manifests)',
    example: 'rerankctl init',
    words: 'folder',
    flags: [...INIT, ...COMMON],
  },
  validate: {
    usage: 'validate -f PATH…',
    summary: 'check manifests; contacts no cluster',
    example: 'rerankctl validate -f manifests/quickstart',
    examples: ['rerankctl validate -f - < manifests/by-field-tutorial/tutorial.yaml'],
    flags: [
      ...MANIFESTS,
      { name: 'for-version', value: 'VERSION', help: 'also: could a server of this version take them?' },
      ...LINT,
      ...REPORTED,
    ],
  },
  plan: {
    usage: 'plan -f PATH…',
    summary: 'show what apply would change; writes nothing (but for --canary)',
    example: 'rerankctl plan -f manifests/quickstart',
    examples: [
      'rerankctl plan -f manifests/quickstart --target Model/minilm-l6-scorer',
      'rerankctl plan -f manifests/quickstart -o plan.json',
    ],
    flags: [
      ...MANIFESTS,
      { name: 'detailed-exitcode', help: 'exit 2 when changes are pending' },
      { name: 'preview', help: 'also show what the changes do to search results; reads alone' },
      {
        name: 'canary',
        help: 'the same with models that are not there yet: deploys them beside, and removes them again',
      },
      {
        name: 'rollback',
        help: 'plan what `rerankctl rollback` would do; with -f: previewed by those verifications',
      },
      { name: 'no-text', help: 'with --preview: leave the text of queries and documents out' },
      { name: 'out', short: 'o', value: 'FILE', help: 'save the plan, for `rerankctl apply FILE`' },
      ...LINT,
      ...SELECTION,
      ...PRUNE,
      ...STACK,
      ...CLUSTER,
      ...REPORTED,
    ],
  },
  apply: {
    usage: 'apply -f PATH… | apply PLAN.json',
    summary: 'make the cluster match the manifests, and wait until it does',
    example: 'rerankctl apply -f manifests/quickstart',
    examples: ['rerankctl apply plan.json', 'rerankctl apply -f manifests/quickstart --yes'],
    flags: [
      ...MANIFESTS,
      {
        name: 'yes',
        short: 'y',
        help: 'do not ask; needed where there is no terminal to ask on, and in a CI',
      },
      { name: 'dry-run', help: 'the same as plan: shows what would change, and changes nothing' },
      { name: 'parallelism', value: 'N', count: true, help: 'changes worked on at once (10)' },
      { name: 'timeout', value: 'SECONDS', count: true, help: 'longest wait for one ML task (600)' },
      {
        name: 'keep-candidate',
        help: 'keep a model that its verifications have stopped, beside the old one',
      },
      ...LINT,
      ...SELECTION,
      ...PRUNE,
      ...STACK,
      ...CLUSTER,
      ...REPORTED,
    ],
  },
  rollback: {
    usage: 'rollback',
    summary: 'search through the last release again: its pipelines, and the models they went through',
    example: 'rerankctl rollback',
    flags: [
      {
        name: 'yes',
        short: 'y',
        help: 'do not ask; needed where there is no terminal to ask on, and in a CI',
      },
      { name: 'parallelism', value: 'N', count: true, help: 'changes worked on at once (10)' },
      { name: 'timeout', value: 'SECONDS', count: true, help: 'longest wait for one ML task (600)' },
      ...STACK,
      ...CLUSTER,
      ...REPORTED,
    ],
  },
  verify: {
    usage: 'verify -f PATH… | verify --run FILE… --qrels FILE',
    summary: 'compare reranked with unreranked search, and check what must hold',
    example: 'rerankctl verify -f manifests/quickstart',
    examples: ['rerankctl verify -f manifests/quickstart --report html=report.html'],
    flags: [
      ...MANIFESTS,
      { name: 'runs', value: 'FOLDER', help: 'TREC run files of every arm' },
      { name: 'no-text', help: 'leave the text of queries and documents out of everything' },
      { name: 'update-baseline', help: 'write the figures of this run to the baseline file of the manifest' },
      {
        name: 'run',
        value: 'FILE',
        many: true,
        help: 'without a cluster: measure a TREC run; the first is compared with',
      },
      { name: 'qrels', value: 'FILE', many: true, help: 'the judgments for --run' },
      {
        name: 'measure',
        value: 'NAME',
        many: true,
        help: 'with --run: what is measured (ndcg@10, mrr@10, …)',
      },
      ...CLUSTER,
      ...REPORTED,
    ],
  },
  doctor: {
    usage: 'doctor [-f PATH…]',
    summary: 'can this cluster carry what the manifests want? reads alone, but for --fix',
    example: 'rerankctl doctor -f manifests/quickstart',
    flags: [
      ...MANIFESTS,
      { name: 'fix', help: 'set what settings of the cluster would mend; shows them, and asks' },
      { name: 'yes', short: 'y', help: 'with --fix: do not ask' },
      ...STACK,
      ...CLUSTER,
      ...REPORTED,
    ],
  },
  drift: {
    usage: 'drift -f PATH…',
    summary: 'show what in the cluster is not as it was applied; exit 2 when there is any',
    example: 'rerankctl drift -f manifests/quickstart',
    flags: [...MANIFESTS, ...STACK, ...CLUSTER, ...REPORTED],
  },
  reconcile: {
    usage: 'reconcile -f PATH… [--apply]',
    summary: 'watch for drift in a loop; with --apply: heal it, and apply what changes in git',
    example: 'rerankctl reconcile -f manifests/quickstart --once',
    flags: [
      ...MANIFESTS,
      { name: 'apply', help: 'apply what is pending, as `rerankctl apply` would; without it: watch alone' },
      { name: 'interval', value: 'DURATION', help: 'between two rounds: 30s, 5m, 1h (5m)' },
      { name: 'once', help: 'one round, with the exit codes of drift or apply' },
      { name: 'listen', value: 'HOST:PORT', help: 'where /livez, /readyz and /metrics are (127.0.0.1:9464)' },
      {
        name: 'log-format',
        value: 'FORMAT',
        oneOf: ['text', 'json'],
        help: 'text on stderr (default), or json: one object a line on stdout',
      },
      { name: 'grace-period', value: 'DURATION', help: 'longest time to stop in when told to (25s)' },
      { name: 'parallelism', value: 'N', count: true, help: 'changes worked on at once (10)' },
      { name: 'timeout', value: 'SECONDS', count: true, help: 'longest wait for one ML task (600)' },
      ...LINT,
      ...PRUNE,
      ...STACK,
      ...CLUSTER,
      ...COMMON,
    ],
  },
  destroy: {
    usage: 'destroy --confirm STACK',
    summary: 'delete all that a stack holds, dependents first',
    example: 'rerankctl destroy --confirm default',
    flags: [
      {
        name: 'confirm',
        value: 'STACK',
        help: 'the name of the stack once more; without it the plan is shown, and a person is asked',
      },
      { name: 'allow-data-loss', help: 'delete also indices with documents that the stack did not seed' },
      { name: 'timeout', value: 'SECONDS', count: true, help: 'longest wait for one undeployment (600)' },
      ...STACK,
      ...CLUSTER,
      ...REPORTED,
    ],
  },
  export: {
    usage: 'export [--to FOLDER]',
    summary: 'write manifests of what a cluster holds, whoever made it',
    example: 'rerankctl export --to manifests/production',
    flags: [
      { name: 'to', value: 'FOLDER', help: 'where the files go; without it all goes to stdout' },
      { name: 'kind', value: 'KIND', many: true, help: 'only this kind; may be repeated' },
      { name: 'name', value: 'GLOB', many: true, help: 'only objects of this name; * is a wildcard' },
      { name: 'with-data', help: 'also the documents of indices, as NDJSON beside the manifests' },
      ...CLUSTER,
      ...COMMON,
    ],
  },
  import: {
    usage: 'import --flow-framework TEMPLATE [--to FOLDER]',
    summary: 'make manifests of a template of the flow-framework plugin; contacts no cluster',
    example: 'rerankctl import --flow-framework template.json --to manifests',
    words: [],
    flags: [
      { name: 'flow-framework', value: 'FILE', help: 'the template, in JSON or YAML; - is stdin' },
      { name: 'to', value: 'FOLDER', help: 'where the files go; without it all goes to stdout' },
      { name: 'var', value: 'NAME=VALUE', many: true, help: 'a value for a variable of the template' },
      ...COMMON,
    ],
  },
  explain: {
    usage: 'explain [KIND[.FIELD…] | CODE]',
    summary: 'what a field is for, or what a code of a message means',
    example: 'rerankctl explain Model.model_config.framework_type',
    examples: ['rerankctl explain RCTL_PLAN_STALE'],
    words: 'field',
    flags: [...COMMON],
  },
  schema: {
    usage: 'schema [NAME]',
    summary: 'print a JSON Schema, for editors and for readers of --output json',
    example: 'rerankctl schema manifest',
    examples: ['rerankctl schema', 'rerankctl schema Model'],
    words: 'schema',
    flags: [...COMMON],
  },
  completion: {
    usage: 'completion bash | zsh | fish | powershell',
    summary: 'print what a shell reads to complete command lines',
    example: 'rerankctl completion bash',
    words: 'shell',
    flags: [...COMMON],
  },
  graph: {
    usage: 'graph -f PATH…',
    summary: 'draw what depends on what',
    example: 'rerankctl graph -f manifests/quickstart',
    examples: ['rerankctl graph -f manifests/quickstart --format dot'],
    flags: [
      ...MANIFESTS,
      { name: 'format', value: 'FORMAT', oneOf: ['mermaid', 'dot'], help: 'mermaid (default) or dot' },
      ...COMMON,
    ],
  },
  state: {
    usage: 'state list | show ADDRESS | history | rm ADDRESS… | mv FROM TO | unlock',
    summary: 'look at what is remembered of a stack, and mend it',
    example: 'rerankctl state list',
    examples: ['rerankctl state show Model/minilm-l6-scorer', 'rerankctl state history'],
    words: ['list', 'show', 'history', 'rm', 'mv', 'unlock'],
    flags: [...STACK, ...CLUSTER, ...COMMON],
  },
  dev: {
    usage: 'dev up | status | down',
    summary: 'a real OpenSearch with ML Commons on this machine, without Docker',
    example: 'rerankctl dev up',
    examples: ['rerankctl dev status', 'rerankctl dev down'],
    words: ['up', 'status', 'down'],
    flags: [...DEV, ...COMMON],
  },
  version: {
    usage: 'version',
    summary: 'the version; with --output json also node, system, schema and servers',
    example: 'rerankctl version',
    examples: ['rerankctl version --output json'],
    flags: [...COMMON],
  },
} satisfies Record<string, CommandHelp>;

export type CommandName = keyof typeof COMMANDS;

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
