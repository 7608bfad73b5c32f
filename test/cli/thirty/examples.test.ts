import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMANDS, type CommandHelp } from '../../../src/cli/command-table.ts';
import { TOPICS } from '../../../src/cli/topics.ts';
import { type Ran, rerankctl } from '../../support/cli.ts';
import { deleteModel } from '../../support/model.ts';
import { connectToNode, nodeUrl, uniqueName } from '../../support/node.ts';
import { idsOf } from '../../support/provision.ts';

/** Check 2: every example that help shows is run, as a shell runs it, against a real node. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const name = uniqueName('examples');
let folder: string;

/** What `import` takes: a workflow of one pipeline. */
const PIPELINE = { id: 'pipeline', type: 'create_search_pipeline' };
const TEMPLATE = {
  name: 'a template',
  use_case: 'TEST',
  version: { template: '1.0.0', compatibility: ['2.19.0'] },
  workflows: {
    provision: {
      nodes: [{ ...PIPELINE, user_inputs: { pipeline_id: 'imported', configurations: {} } }],
      edges: [],
    },
  },
};

/** The manifests that the examples name, with names on the server that are ours alone. */
async function layOut(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'rerankctl-examples-'));
  // As root, a node of ours runs as nobody, and its cache has to be reachable.
  await chmod(folder, 0o755);
  const quickstart = join(folder, 'manifests/quickstart');
  await mkdir(quickstart, { recursive: true });
  const text = await readFile(join(ROOT, 'manifests/quickstart/quickstart.yaml'), 'utf8');
  const ours = text
    .replaceAll(/quickstart-(passages|rerank)/g, `${name}-$1`)
    .replace('name: rerankctl quickstart', `name: ${name}`)
    .replace('spec:\n  name: minilm-l6-scorer', `spec:\n  name: ${name}`);
  await writeFile(join(quickstart, 'quickstart.yaml'), ours);
  await copyFile(
    join(ROOT, 'manifests/quickstart/minilm-l6-scorer.zip'),
    join(quickstart, 'minilm-l6-scorer.zip'),
  );
  await writeFile(join(folder, 'template.json'), JSON.stringify(TEMPLATE));
  const byField = join(folder, 'manifests/by-field-tutorial/tutorial.yaml');
  await mkdir(dirname(byField), { recursive: true });
  await copyFile(join(ROOT, 'manifests/by-field-tutorial/tutorial.yaml'), byField);
}

/** The lines at the top of each help, until the first empty one. */
async function exampleLines(): Promise<string[]> {
  const helps = [
    (await rerankctl(['help'])).stdout,
    ...Object.values(COMMANDS).map(({ example, examples = [] }: CommandHelp) =>
      [example, ...examples].join('\n'),
    ),
    ...Object.values(TOPICS).map((topic) => topic.text()),
  ];
  const lines = helps.flatMap((help) => (help.split('\n\n')[0] ?? '').split('\n'));
  return [...new Set(lines.map((line) => line.replace(/ {3,}.*/, '').trim()))];
}

/** What comes first, so that what others name is there; `destroy` is the last. */
const ORDER = [
  /^rerankctl (?!dev )/,
  / -o plan\.json/,
  /apply plan\.json/,
  / apply -f/,
  / verify | doctor | drift | reconcile | state /,
];
const LAST = [/ rollback/, / export /, / destroy /];

function placeOf(line: string): number {
  const late = LAST.findIndex((pattern) => pattern.test(line));
  if (late !== -1) return ORDER.length + late;
  return ORDER.findLastIndex((pattern) => pattern.test(line));
}

/** The line itself; its stack and its node are ours. */
function inShell(line: string): Promise<Ran> {
  const script = `rerankctl() {
    case "$1 $*" in
      *plan.json|*"-o plan.json") [ "$1" = plan ] && set -- "$@" --stack "$STACK" ;;
      plan*|apply*|rollback*|doctor*|drift*|destroy*|state*|reconcile*) set -- "$@" --stack "$STACK" ;;
      export*) set -- "$@" --name "$STACK*" ;;
    esac
    "$NODE" "$MAIN" "$@"
  }
  ${line.replace('http://127.0.0.1:9200', nodeUrl()).replace('--confirm default', `--confirm ${name}`)}`;
  const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  const env = {
    ...inherited,
    NODE: process.execPath,
    MAIN: join(ROOT, 'dist/main.js'),
    STACK: name,
    OPENSEARCH_URL: nodeUrl(),
    // `dev up` shall not put a node together here, and ends at a blank; the quickstart of the CI does it in earnest.
    RERANKCTL_CACHE: join(folder, / dev up/.test(line) ? 'no cache' : 'cache'),
  };
  return new Promise((resolve) => {
    const shell = execFile('/bin/sh', ['-c', script], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    shell.stdin?.end();
  });
}

beforeAll(layOut);
afterAll(async () => {
  await rerankctl(['destroy', '--url', nodeUrl(), '--stack', name, '--confirm', name, '--allow-data-loss']);
  const cluster = connectToNode();
  for (const id of await idsOf(cluster, 'models', name)) await deleteModel(cluster, id);
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
});

/** Where an example ends otherwise than with 0 here, and why. */
const OTHERWISE: readonly [RegExp, number, string][] = [
  [/ dev up/, 3, 'DEV_CACHE_PATH'],
  // It asks, and there is nobody here: see `test/editor/init.test.ts`.
  [/ init$/, 3, 'there is no terminal to ask on'],
  [/--detailed-exitcode/, 2, ''],
  [/ rollback/, 8, 'RCTL_NOTHING_TO_ROLL_BACK'],
];

it('every example of help does what it says', async () => {
  const lines = (await exampleLines()).sort((left, right) => placeOf(left) - placeOf(right));
  expect(lines.length).toBeGreaterThan(25);
  for (const line of lines) {
    const [, code, words] = OTHERWISE.find(([pattern]) => pattern.test(line)) ?? [/./, 0, ''];
    const ran = await inShell(line);
    expect(ran.code, `${line}\n${ran.stdout}${ran.stderr}`).toBe(code);
    expect(ran.stderr).toContain(words);
  }
});
