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

export const COMMON: readonly Flag[] = [
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
export const REPORTED: readonly Flag[] = [
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
      help: 'the same into a file: also html (a page of what was measured) and codequality',
    },
    {
      name: 'no-github',
      help: 'no annotations and no step summary in a job of GitHub Actions',
    },
  ]),
  ...HELP,
];

export const MANIFESTS = inGroup('Manifests', [
  { name: 'file', short: 'f', value: 'PATH', many: true, help: 'manifest file, folder or glob; - is stdin' },
  { name: 'var', value: 'NAME=VALUE', many: true, help: 'a value for {$var: NAME}' },
]);

export const LINT = inGroup('Manifests', [
  {
    name: 'lint',
    value: 'RULE=LEVEL',
    many: true,
    help: 'level of a lint rule: off, note, warning or error (docs/lint.md)',
  },
]);

export const CLUSTER = inGroup('The cluster', [
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

export const STACK = inGroup('State', [
  { name: 'stack', value: 'NAME', help: 'name under which the state is kept (default)' },
]);

export const SELECTION = inGroup('A part of the plan', [
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

export const PRUNE = [
  ...inGroup('Deletions', [
    { name: 'prune', help: 'delete what the stack holds and no manifest names any more' },
  ]),
  ...REMOVALS,
];

export const DEV: readonly Flag[] = [
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

export const INIT: readonly Flag[] = [
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
];
