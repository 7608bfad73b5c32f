import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import { EXIT, EXIT_MEANINGS } from '../../../src/cli/exit.ts';
import type { Ran } from '../../support/cli.ts';
import { inProcess } from '../../support/in-process.ts';
import { nodeUrl } from '../../support/node.ts';
import { type FaultyProxy, startProxy } from '../../support/proxy.ts';
import { openSmallStack, type SmallStack } from './small-stack.ts';

let stack: SmallStack;
let proxy: FaultyProxy;
beforeAll(async () => {
  [stack, proxy] = await Promise.all([openSmallStack('exit-codes'), startProxy(nodeUrl())]);
});
afterEach(() => proxy.reset());
afterAll(async () => {
  await Promise.all([stack.cleanUp(), proxy.close()]);
});

const [NOBODY] = ['http://127.0.0.1:9'];

function verify(): Promise<Ran> {
  const [flag = '', file = '', , , ...cluster] = stack.args();
  return inProcess(['verify', flag, file, ...cluster]);
}

/** One line that ends with each code, in an order in which each finds what it needs. */
const DRIVES: readonly (readonly [number, string, () => Promise<Ran>])[] = [
  [EXIT.done, 'nothing is wrong', () => inProcess(['validate', ...stack.args().slice(0, 2)])],
  [EXIT.pending, 'a plan has changes', () => inProcess(['plan', ...stack.args(), '--detailed-exitcode'])],
  [EXIT.usage, 'a manifest is wrong', () => inProcess(['plan', '-f', '-'], { stdin: 'kind: Nonsense\n' })],
  [EXIT.unreachable, 'nobody listens', () => inProcess(['plan', ...stack.args(NOBODY)])],
  [
    EXIT.failed,
    'the cluster answers with an error',
    () => {
      const fault = {
        do: 'answer',
        status: 500,
        body: { error: { type: 'boom', reason: 'boom' }, status: 500 },
      } as const;
      proxy.inject({ path: '/_search/pipeline', fault });
      return inProcess(['plan', ...stack.args(proxy.url)]);
    },
  ],
  [EXIT.refused, 'nobody was asked', () => inProcess(['apply', ...stack.args()])],
  [
    EXIT.incomplete,
    'one of the changes fails',
    () => {
      const fault = {
        do: 'answer',
        status: 400,
        body: { error: { type: 'illegal_argument_exception', reason: 'no' }, status: 400 },
      } as const;
      proxy.inject({ method: 'PUT', path: '/_search/pipeline', fault });
      return inProcess(['apply', ...stack.args(proxy.url), '--yes']);
    },
  ],
  [EXIT.done, 'and the next apply finishes it', () => inProcess(['apply', ...stack.args(), '--yes'])],
  [
    EXIT.gateFailed,
    'an expectation is not met',
    async () => {
      await stack.write({ first: 'one' });
      return verify();
    },
  ],
  [
    EXIT.inconclusive,
    'there is too little to say it',
    async () => {
      await stack.write({ spec: { gates: [{ latency: 'p99', at_most_ms: 60_000 }] } });
      return verify();
    },
  ],
  [
    EXIT.pending,
    'somebody has changed the cluster',
    async () => {
      await stack.write();
      const path = `/_search/pipeline/${stack.name}`;
      const body = JSON.stringify({ description: 'by hand', response_processors: [] });
      await fetch(new URL(path, nodeUrl()), {
        method: 'PUT',
        body,
        headers: { 'content-type': 'application/json' },
      });
      return inProcess(['drift', ...stack.args()]);
    },
  ],
  [
    EXIT.bug,
    'something that nobody thought of is thrown',
    () =>
      inProcess(['validate', '-f', '-'], {
        stdin: async () => {
          throw new TypeError('what is this?');
        },
      }),
  ],
  [
    EXIT.interrupted,
    'somebody has pressed Ctrl-C',
    () => inProcess(['plan', ...stack.args()], { signal: AbortSignal.abort(new Error('interrupted')) }),
  ],
];

describe('check 22: the table of exit codes', () => {
  it('holds: each code, and why', async () => {
    for (const [code, why, drive] of DRIVES) {
      const ran = await drive();
      expect(ran.code, `${code}: ${why}\n${ran.stdout}${ran.stderr}`).toBe(code);
      proxy.reset();
    }
    const driven = new Set(DRIVES.map(([code]) => String(code)));
    expect(Object.keys(EXIT_MEANINGS).filter((code) => !driven.has(code))).toEqual([]);
  });

  it('is that of every command: 0 for help, 3 for a wrong flag, 4 where nobody listens', async () => {
    await writeFile(join(stack.folder, 'run.trec'), '');
    const [flag = '', file = ''] = stack.args();
    for (const [name, { flags }] of Object.entries(COMMANDS)) {
      expect((await inProcess([name, '-h'])).code, name).toBe(0);
      expect((await inProcess([name, '--no-such-flag'])).code, name).toBe(3);
      const known = new Set(flags.map((each) => each.name as string));
      if (!known.has('url')) continue;
      const manifests = known.has('file') ? [flag, file] : [];
      const words = { state: ['list'], reconcile: ['--once'] }[name] ?? [];
      expect((await inProcess([name, ...words, ...manifests, '--url', NOBODY ?? ''])).code, name).toBe(4);
    }
  });
});
