import { afterAll, beforeAll, expect, it } from 'vitest';
import { textAt } from '../../src/core/json.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { poll } from '../../src/opensearch/poll.ts';
import { type Ran, start } from '../support/cli.ts';
import { connectToNode, nodeUrl } from '../support/node.ts';
import { isWrite, type Seen, startProxy } from '../support/proxy.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { openStory, type Story } from './story.ts';

/**
 * What becomes of the request at which the process is killed: the node never sees it; or has answered it, and nobody
 * hears of it; or it was on its way (writes alone), and arrives when the next apply is already at work.
 */
const MODES = ['before', 'after', 'late'] as const;
type Mode = (typeof MODES)[number];

/** A request by its number in the run, or by its label. */
type Target = number | string;

interface Trial {
  /** The label of the request; absent when the apply ended before it came to it. */
  readonly struck: string | undefined;
  /** What this apply sent until then. */
  readonly labels: readonly string[];
  /** Absent when it converged. */
  readonly problem: string | undefined;
}

/** Each has a model on the node, which takes ten, and other test files have theirs. */
const AT_ONCE = 4;
/** So long after the death of its sender a late request arrives: the next apply has read the cluster without it. */
const LATE_MS = 400;

let cluster: Cluster;
let model: ModelFile;
beforeAll(async () => {
  cluster = connectToNode();
  // Two chunks: the last one is another thing to the server than the others.
  model = await writeTinyModel(10_000_000);
});
afterAll(async () => {
  await cluster.close();
  await model.remove();
});

/** The same request of two runs has the same label; all polls of one thing share theirs. */
function labeller(name: string): (request: Seen) => string {
  const counts = new Map<string, number>();
  return ({ method, path }) => {
    const plain = path
      .replaceAll(name, 'STORY')
      .replace(/(tasks|models|text_similarity)\/[\w-]{15,}/g, '$1/ID');
    const label = `${method} ${plain}`;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count === 1 || /^GET .*(tasks|models)\/ID$/.test(label) ? label : `${label} (${count})`;
  };
}

/** Kills an apply at one request, and lets the next one finish. */
async function trial(mode: Mode, target: Target): Promise<Trial> {
  const story = openStory(nodeUrl(), `file: ${model.path}`);
  const proxy = await startProxy(nodeUrl());
  const labelOf = labeller(story.name);
  const labels: string[] = [];
  let struck: string | undefined;
  const { child, ended } = start(story.args('apply', proxy.url), { stdin: story.yaml });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  proxy.strike(async (request) => {
    if (mode === 'late' && !isWrite(request)) return undefined;
    const label = labelOf(request);
    labels.push(label);
    if (struck !== undefined || (target !== labels.length && target !== label)) return undefined;
    struck = label;
    if (mode === 'after') return { do: 'drop-answer', answered: kill };
    kill();
    if (mode === 'before') return { do: 'drop' };
    await ended;
    return { do: 'delay', ms: LATE_MS };
  });
  try {
    const first = await ended;
    const problem = struck === undefined ? endedBadly(first) : await finish(story, first, mode);
    return { struck, labels, problem: problem && `${mode} ${struck ?? 'no request'}: ${problem}` };
  } finally {
    await proxy.close();
    await story.cleanUp();
  }
}

function endedBadly(first: Ran): string | undefined {
  return first.code === 0 ? undefined : `not struck, and yet it ended with ${said(first)}`;
}

/** Why the second apply did not converge. */
async function finish(story: Story, first: Ran, mode: Mode): Promise<string | undefined> {
  let second = await story.run('apply', nodeUrl());
  // A late write of the state itself is noticed and told, and what was read before it is not trusted any more.
  if (mode === 'late' && /RCTL_(PLAN_STALE|STATE_CONFLICT)/.test(second.stderr)) {
    second = await story.run('apply', nodeUrl());
  }
  try {
    expect(first.code, 'the first apply was killed').toBe(null);
    expect(second.code, 'exit code of the second apply').toBe(0);
    await story.expectWhole();
    await expectSettled(story);
    return undefined;
  } catch (error) {
    return `${String(error)}\n--- the killed apply: ${said(first)}\n--- the second apply: ${said(second)}`;
  }
}

function said({ code, stdout, stderr }: Ran): string {
  return `${code}\n${stdout}${stderr}`;
}

/** Deployed by its own account, and no task of it under way. */
async function expectSettled(story: Story): Promise<void> {
  const [id = ''] = await story.models();
  const { body } = await cluster.request({ method: 'GET', path: `/_plugins/_ml/models/${id}` });
  expect(textAt(body, 'model_state')).toBe('DEPLOYED');
  const query = {
    bool: { filter: [{ term: { model_id: id } }, { terms: { state: ['CREATED', 'RUNNING'] } }] },
  };
  await poll({
    what: 'the tasks of the model to have ended',
    read: () => searchAll(cluster, '/_plugins/_ml/tasks/_search', query),
    done: (tasks) => tasks.length === 0,
    describe: (tasks) => JSON.stringify(tasks.map(({ _source }) => _source)),
    // The search is up to a second behind, and a duplicate that was refused ends by itself.
    deadlineMs: 5_000,
  });
}

/** Requests 1, 2, 3 … until one is not reached; then those by name that the counting has missed. */
class Sweep {
  readonly #mode: Mode;
  readonly #struck = new Set<string>();
  readonly #seen = new Set<string>();
  readonly problems: string[] = [];
  tried = 0;
  #next = 1;
  #ended = false;

  constructor(mode: Mode) {
    this.#mode = mode;
  }

  get converged(): number {
    return this.tried - this.problems.length;
  }

  /** The next point to try; `undefined` when there is none, perhaps for now alone. */
  next(): Target | undefined {
    if (!this.#ended) return this.#next++;
    const missed = [...this.#seen].find((label) => !this.#struck.has(label));
    if (missed !== undefined) this.#struck.add(missed);
    return missed;
  }

  async try(target: Target): Promise<void> {
    const { struck, labels, problem } = await trial(this.#mode, target);
    for (const label of labels) this.#seen.add(label);
    if (problem !== undefined) this.problems.push(problem);
    if (struck === undefined) this.#ended = true;
    else {
      this.tried += 1;
      this.#struck.add(struck);
    }
  }
}

it('an apply that is killed at any request is finished by the next one', async () => {
  const from = performance.now();
  const sweeps = MODES.map((mode) => [mode, new Sweep(mode)] as const);
  for (const [, sweep] of sweeps) {
    let target: Target | undefined;
    const worker = async (): Promise<void> => {
      for (target = sweep.next(); target !== undefined; target = sweep.next()) await sweep.try(target);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
  const figures = sweeps.map(([mode, { tried }]) => `${tried} points ${mode}`).join(', ');
  const converged = sweeps.reduce((sum, [, sweep]) => sum + sweep.converged, 0);
  const seconds = Math.round((performance.now() - from) / 1000);
  // biome-ignore lint/suspicious/noConsole: the figures are part of what this test is for
  console.log(`kill sweep: ${figures}, ${converged} converged, ${seconds} s`);
  expect(sweeps.flatMap(([, sweep]) => sweep.problems).join('\n\n')).toBe('');
}, 900_000);
