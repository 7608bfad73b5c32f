import { type Ran, start } from '../support/cli.ts';
import { nodeUrl } from '../support/node.ts';
import { isWrite, type Seen, startProxy } from '../support/proxy.ts';

/**
 * What becomes of the request at which the process is killed: the node never sees it; or has answered it, and nobody
 * hears of it; or it was on its way (writes alone), and arrives when the next run is already at work.
 */
export type Mode = 'before' | 'after' | 'late';

/** A run that is killed, and what must be true in the end. */
export interface Scene {
  /** Stands for a name of its own in the labels of requests. */
  readonly name: string;
  readonly args: (url: string) => readonly string[];
  readonly stdin: string;
  /** What a run that nobody kills ends with. */
  readonly exitCode: number;
  /** Runs again, and throws unless everything is as it should be then. */
  finish(): Promise<void>;
  cleanUp(): Promise<void>;
}

/** Of the requests of a run: those that change something, or the others. */
type Scope = 'writes' | 'reads';

/** A request by its number among those of the scope, or by its label. */
type Target = number | string;

interface Trial {
  /** The label of the request; absent when the run ended before it came to it. */
  readonly struck: string | undefined;
  /** What this run sent until then. */
  readonly labels: readonly string[];
  /** Absent when it converged. */
  readonly problem: string | undefined;
}

/** Each has a model or two on the node, and takes its memory and its cores. */
const AT_ONCE = 4;
/** Of a sample, one request in so many is tried, unless all are asked for (`npm run sweep`). */
const SAMPLED = process.env.RERANKCTL_SWEEP === 'all' ? 1 : 6;
/** So long after the death of its sender a late request arrives: the next run has read the cluster without it. */
const LATE_MS = 400;

/** The same request of two runs has the same label; all polls of one thing share theirs. */
function labeller(name: string): (request: Seen) => string {
  const counts = new Map<string, number>();
  return ({ method, path }) => {
    const plain = path
      .replaceAll(name, 'STORY')
      .replace(/(tasks|models|connectors|text_similarity)\/[\w-]{15,}(%3A\d+)?/g, '$1/ID');
    const label = `${method} ${plain}`;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count === 1 || /^GET .*(tasks|models)\/ID$/.test(label) ? label : `${label} (${count})`;
  };
}

/** Kills a run at one request, and lets the next one finish. */
async function trial(
  { mode, scope }: Pick<SweepOptions, 'mode' | 'scope'>,
  target: Target,
  open: () => Promise<Scene>,
): Promise<Trial> {
  const scene = await open();
  const proxy = await startProxy(nodeUrl());
  const labelOf = labeller(scene.name);
  const labels: string[] = [];
  let struck: string | undefined;
  const { child, ended } = start(scene.args(proxy.url), { stdin: scene.stdin });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  proxy.strike(async (request) => {
    if (isWrite(request) !== (scope === 'writes')) return undefined;
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
    const problem = struck === undefined ? endedBadly(scene, first) : await finish(scene, first);
    return { struck, labels, problem: problem && `${mode} ${struck ?? 'no request'}: ${problem}` };
  } finally {
    await proxy.close();
    await scene.cleanUp();
  }
}

function endedBadly({ exitCode }: Scene, first: Ran): string | undefined {
  return first.code === exitCode ? undefined : `not struck, and yet it ended with ${said(first)}`;
}

/** Why the second run did not converge. */
async function finish(scene: Scene, first: Ran): Promise<string | undefined> {
  if (first.code !== null) return `it was not killed: ${said(first)}`;
  try {
    await scene.finish();
    return undefined;
  } catch (error) {
    return `${String(error)}\n--- the killed run: ${said(first)}`;
  }
}

/**
 * The run after the one that was killed. What that one had on its way may arrive when this one has planned already: then
 * it is told so, has changed nothing, and the one after it finishes.
 */
export async function again(run: () => Promise<Ran>): Promise<Ran> {
  const second = await run();
  return /RCTL_(PLAN_STALE|STATE_CONFLICT)/.test(second.stderr) ? run() : second;
}

export function said({ code, stdout, stderr }: Ran): string {
  return `${code}\n${stdout}${stderr}`;
}

interface SweepOptions {
  readonly mode: Mode;
  readonly scope: Scope;
  readonly step: number;
}

/** Requests 1, 1 + step, 1 + 2 step … until one is not reached; with a step of 1 also those that the counting has missed. */
class Sweep {
  readonly #options: SweepOptions;
  readonly #open: () => Promise<Scene>;
  readonly #struck = new Set<string>();
  readonly #seen = new Set<string>();
  readonly problems: string[] = [];
  tried = 0;
  #next = 1;
  #ended = false;

  constructor(options: SweepOptions, open: () => Promise<Scene>) {
    this.#options = options;
    this.#open = open;
  }

  /** The next point to try; `undefined` when there is none, perhaps for now alone. */
  next(): Target | undefined {
    if (!this.#ended) {
      const target = this.#next;
      this.#next += this.#options.step;
      return target;
    }
    if (this.#options.step > 1) return undefined;
    const missed = [...this.#seen].find((label) => !this.#struck.has(label));
    if (missed !== undefined) this.#struck.add(missed);
    return missed;
  }

  async try(target: Target): Promise<void> {
    const { struck, labels, problem } = await trial(this.#options, target, this.#open);
    for (const label of labels) this.#seen.add(label);
    if (problem !== undefined) this.problems.push(problem);
    if (struck === undefined) this.#ended = true;
    else {
      this.tried += 1;
      this.#struck.add(struck);
    }
  }
}

/**
 * Kills a run at every write, or at a sample of them, in every mode, and at a sample of its reads: these change nothing,
 * and who is killed at one leaves what the write before it left, and whatever is under way beside it. Returns what did
 * not converge, and the figures in words.
 */
export async function sweep(
  modes: readonly Mode[],
  open: () => Promise<Scene>,
  of: 'every write' | 'a sample' = 'every write',
): Promise<{ readonly problems: string; readonly figures: string }> {
  const from = performance.now();
  const sweeps = modes.map((mode) => ({
    mode,
    parts: [
      new Sweep({ mode, scope: 'writes', step: of === 'a sample' ? SAMPLED : 1 }, open),
      // A read that arrives late is heard by nobody.
      ...(mode === 'late' ? [] : [new Sweep({ mode, scope: 'reads', step: SAMPLED }, open)]),
    ],
  }));
  for (const each of sweeps.flatMap(({ parts }) => parts)) {
    const worker = async (): Promise<void> => {
      for (let target = each.next(); target !== undefined; target = each.next()) await each.try(target);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
  const triedOf = (parts: readonly Sweep[]): number => parts.reduce((sum, { tried }) => sum + tried, 0);
  const points = sweeps.map(({ mode, parts }) => `${triedOf(parts)} points ${mode}`).join(', ');
  const all = sweeps.flatMap(({ parts }) => parts);
  // A sweep that strikes nothing proves nothing.
  const problems = all.flatMap(({ tried, problems }) => [
    ...(tried === 0 ? ['nothing was struck'] : []),
    ...problems,
  ]);
  const seconds = Math.round((performance.now() - from) / 1000);
  return {
    problems: problems.join('\n\n'),
    figures: `${points}, ${triedOf(all) - problems.length} converged, ${seconds} s`,
  };
}
