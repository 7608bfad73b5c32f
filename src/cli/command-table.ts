import { FORMATS } from './formats/format.ts';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of its value in help; a flag without one is a switch. */
  readonly value?: string;
  readonly many?: boolean;
  readonly oneOf?: readonly string[];
  /** Its value is a positive whole number. */
  readonly count?: true;
  /** Heading in help under which it stands; without one it is the command's own. */
  readonly group?: string;
  readonly help: string;
}

function inGroup(group: string, flags: readonly Flag[]): readonly Flag[] {
  return flags.map((flag) => ({ ...flag, group }));
}

const HELP = inGroup('Output and help', [
  { name: 'color', value: 'WHEN', oneOf: ['auto', 'always', 'never'], help: 'colour: auto, always or never' },
  { name: 'debug', help: 'show causes and stacks of failures' },
  { name: 'help', short: 'h', help: 'show help' },
]);

const COMMON: readonly Flag[] = [
  ...inGroup('Output and help', [
    {
      name: 'output',
      value: 'FORMAT',
      oneOf: ['text', 'json'],
      help: 'what stdout carries: text or json',
    },
  ]),
  ...HELP,
];

/** Of commands whose result a CI shows. */
const REPORTED: readonly Flag[] = [
  ...inGroup('Output and help', [
    {
      name: 'output',
      value: 'FORMAT',
      oneOf: FORMATS,
      help: 'what stdout carries: text, json, ndjson (as it happens), markdown, junit, sarif or github',
    },
    {
      name: 'report',
      value: 'FORMAT=PATH',
      many: true,
      help: 'the same into a file, also html; may be repeated',
    },
    {
      name: 'no-github',
      help: 'no annotations and no step summary in a job of GitHub Actions',
    },
  ]),
  ...HELP,
];

const MANIFESTS = inGroup('Manifests', [
  { name: 'file', short: 'f', value: 'PATH', many: true, help: 'manifest file, folder or glob; - is stdin' },
  { name: 'var', value: 'NAME=VALUE', many: true, help: 'a value for {$var: NAME}' },
]);

const LINT = inGroup('Manifests', [
  {
    name: 'lint',
    value: 'RULE=LEVEL',
    many: true,
    help: 'level of a lint rule: off, note, warning or error (docs/lint.md)',
  },
]);

const CLUSTER = inGroup('The cluster', [
  { name: 'url', value: 'URL', help: 'the cluster (OPENSEARCH_URL; default http://127.0.0.1:9200)' },
  { name: 'profile', value: 'NAME', help: 'a cluster of rerankctl.yaml (RERANKCTL_PROFILE)' },
  {
    name: 'config',
    value: 'PATH',
    help: 'another file than the rerankctl.yaml of this folder or repository',
  },
  { name: 'username', value: 'NAME', help: 'user (OPENSEARCH_USERNAME)' },
  {
    name: 'password-file',
    value: 'PATH',
    help: 'file with the password, - for stdin (or OPENSEARCH_PASSWORD)',
  },
  {
    name: 'token-file',
    value: 'PATH',
    help: 'file with a bearer token, - for stdin (or OPENSEARCH_TOKEN)',
  },
  { name: 'ca-file', value: 'PATH', help: 'PEM file of a private CA (OPENSEARCH_CA_FILE)' },
  { name: 'client-cert', value: 'PATH', help: 'PEM file of a client certificate (OPENSEARCH_CLIENT_CERT)' },
  { name: 'client-key', value: 'PATH', help: 'PEM file of its key (OPENSEARCH_CLIENT_KEY)' },
  {
    name: 'client-key-passphrase-file',
    value: 'PATH',
    help: 'file with the passphrase of that key (or OPENSEARCH_CLIENT_KEY_PASSPHRASE)',
  },
  {
    name: 'aws-service',
    value: 'NAME',
    oneOf: ['es', 'aoss'],
    help: 'sign requests for AWS: es, or aoss for serverless',
  },
  { name: 'aws-region', value: 'REGION', help: 'region of the cluster there (AWS_REGION)' },
  { name: 'proxy', value: 'URL', help: 'http proxy to go through (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)' },
  { name: 'insecure-skip-tls-verify', help: 'do not check the certificate of the cluster' },
  { name: 'request-timeout', value: 'SECONDS', count: true, help: 'longest time for one request (60)' },
  {
    name: 'retry-for',
    value: 'SECONDS',
    count: true,
    help: 'how long a request that is refused for now is tried again (30)',
  },
]);

const STACK = inGroup('State', [
  { name: 'stack', value: 'NAME', help: 'name under which the state is kept (default)' },
]);

const SELECTION = inGroup('A part of the plan', [
  {
    name: 'target',
    value: 'ADDRESS',
    many: true,
    help: 'only this, and what it depends on; * is a wildcard',
  },
  { name: 'exclude', value: 'ADDRESS', many: true, help: 'not this, nor what depends on it' },
]);

const REMOVALS = inGroup('Deletions', [
  { name: 'max-deletes', value: 'N', count: true, help: 'refuse to delete more than this (10)' },
  { name: 'allow-data-loss', help: 'delete also indices with documents that the stack did not seed' },
]);

const PRUNE = [
  ...inGroup('Deletions', [
    { name: 'prune', help: 'delete what the stack holds and no manifest names any more' },
  ]),
  ...REMOVALS,
];

const DEV: readonly Flag[] = [
  { name: 'name', value: 'NAME', help: 'name of the node (default)' },
  { name: 'version', value: 'VERSION', oneOf: ['3.6.0', '2.19.1'], help: 'OpenSearch version (3.6.0)' },
  { name: 'security', help: 'with the security plugin, TLS and access control (2.19.1)' },
  { name: 'port', value: 'PORT', count: true, help: 'HTTP port (9200, or the next that is free)' },
  { name: 'nodes', value: 'N', count: true, help: 'size of the cluster (1)' },
  { name: 'heap', value: 'SIZE', help: 'JVM heap of each node (2g; 1g in a cluster)' },
  { name: 'setting', value: 'KEY=VALUE', many: true, help: 'a line for opensearch.yml' },
  { name: 'java-opts', value: 'OPTS', many: true, help: 'more options for the JVM' },
  { name: 'without', value: 'PLUGIN', many: true, help: 'leave a plugin out' },
  { name: 'all', help: 'down: every node' },
  { name: 'purge', help: 'down: forget the data too' },
];

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
    flags: [
      {
        name: 'reranker',
        value: 'KIND',
        oneOf: ['pretrained', 'file', 'cohere', 'bedrock', 'sagemaker', 'by-field'],
        help: 'pretrained (default), file, cohere, bedrock, sagemaker or by-field',
      },
      { name: 'model', value: 'NAME', help: 'the zip of a file, the name of a model or an endpoint' },
      {
        name: 'model-format',
        value: 'FORMAT',
        oneOf: ['TORCH_SCRIPT', 'ONNX'],
        help: 'of a file: TORCH_SCRIPT (default) or ONNX',
      },
      { name: 'region', value: 'REGION', help: 'of AWS (us-west-2)' },
      { name: 'score-field', value: 'FIELD', help: 'of by-field: the field with the number (stars)' },
      { name: 'index', value: 'NAME', help: 'the index that is searched (passages)' },
      { name: 'existing-index', help: 'it is there already: make neither it nor sample documents' },
      { name: 'text-field', value: 'FIELD', help: 'the field with the text (passage_text)' },
      { name: 'query', value: 'TEXT', help: 'a query to try it with' },
      { name: 'yes', short: 'y', help: 'ask nothing: defaults for what no flag says' },
      ...COMMON,
    ],
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
      { name: 'markdown', value: 'FILE', help: 'with --preview: the same for a pull request' },
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
    examples: ['rerankctl verify -f manifests/quickstart --html report.html'],
    flags: [
      ...MANIFESTS,
      { name: 'html', value: 'FILE', help: 'one page to look at, without any network' },
      { name: 'markdown', value: 'FILE', help: 'for a pull request or a step summary' },
      { name: 'junit', value: 'FILE', help: 'for the test view of a CI' },
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
