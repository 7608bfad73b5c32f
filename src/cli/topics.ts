import { exitCodes } from './exit.ts';
import { FORMATS, type Format, REPORTS, type ReportFormat } from './formats/format.ts';

interface Topic {
  readonly summary: string;
  text(): string;
}

/** `rerankctl help TOPIC`: what is no command's alone. Each begins with something to type. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  environment: { summary: 'variables that are read, and which word wins', text: environment },
  'exit-codes': { summary: 'what the exit code tells, for every command', text: codes },
  formats: { summary: 'what stdout can carry, and what goes into files', text: formats },
};

function environment(): string {
  return `OPENSEARCH_URL=http://127.0.0.1:9200 rerankctl plan -f manifests/quickstart

A flag wins over a variable, a variable over the profile in rerankctl.yaml, and that over the default.

The cluster:
${table([
  ['OPENSEARCH_URL', 'its address (--url)'],
  ['OPENSEARCH_USERNAME', 'user (--username)'],
  ['OPENSEARCH_PASSWORD', 'password; a file or stdin is --password-file'],
  ['OPENSEARCH_TOKEN', 'bearer token; a file or stdin is --token-file'],
  ['OPENSEARCH_CA_FILE', 'PEM file of a private CA (--ca-file)'],
  ['OPENSEARCH_CLIENT_CERT', 'PEM file of a client certificate (--client-cert)'],
  ['OPENSEARCH_CLIENT_KEY', 'PEM file of its key (--client-key)'],
  ['OPENSEARCH_CLIENT_KEY_PASSPHRASE', 'passphrase of that key; a file is --client-key-passphrase-file'],
  ['RERANKCTL_PROFILE', 'a cluster of rerankctl.yaml (--profile)'],
  ['AWS_REGION', 'with --aws-service: region of the cluster (--aws-region)'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'the way to it (--proxy)'],
])}

Manifests:
${table([['any other', 'the value of { $env: NAME } in a manifest; it is kept secret']])}

The terminal:
${table([
  ['NO_COLOR', 'any value but an empty one: no colour, unless --color says always'],
  ['FORCE_COLOR', 'colour also where there is no terminal; NO_COLOR wins over it'],
  ['TERM=dumb', 'a terminal that can do nothing: no colour, no rows that are redrawn, ASCII alone'],
  ['CI', 'calm lines and no colour also on a terminal, and nobody is asked: --yes is needed'],
  ['LC_ALL, LANG', 'a locale that is named and not UTF-8: ASCII alone'],
])}

A node on this machine (rerankctl dev):
${table([
  ['RERANKCTL_CACHE', 'folder of its versions and data (XDG_CACHE_HOME/rerankctl, ~/.cache/rerankctl)'],
  ['JAVA_HOME, MAVEN_HOME', 'where a JDK and Maven are looked for first'],
])}
`;
}

function codes(): string {
  return `rerankctl plan -f manifests/quickstart --detailed-exitcode

One table for all commands. 3 and 8 promise that nothing was changed.

${exitCodes()}
`;
}

const FORMAT_MEANINGS: Readonly<Record<Format | ReportFormat, string>> = {
  text: 'for people; the default',
  json: 'one object, also when the command fails: schemas/output.schema.json',
  ndjson: 'one object a line, as it happens; the first tells the version',
  markdown: 'for a pull request or a step summary',
  junit: 'for the test view of a CI',
  sarif: 'for code scanning',
  github: 'annotations of GitHub Actions',
  codequality: 'problems in the diff of a merge request of GitLab',
  html: 'what verify measured, one page to look at without any network',
};

function formats(): string {
  const meant = (names: readonly (Format | ReportFormat)[]): string =>
    table(names.map((name) => [name, FORMAT_MEANINGS[name]]));
  return `rerankctl validate -f manifests/quickstart --output json

stdout carries the result alone; progress, notes and errors go to stderr.

--output FORMAT (text and json everywhere, the others of commands whose result a CI shows):
${meant(FORMATS)}

--report FORMAT=PATH, in the same run and as often as it is given:
${meant(REPORTS)}

verify --runs FOLDER writes TREC run files. Of a saved plan (plan -o plan.json) and of a report, schemas/ holds the schema.
`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd()).join('\n');
}
