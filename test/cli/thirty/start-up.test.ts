import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../../support/cli.ts';
import { nodeUrl } from '../../support/node.ts';
import { openSmallStack, type SmallStack } from './small-stack.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

let stack: SmallStack;
beforeAll(async () => {
  stack = await openSmallStack('start-up');
});
afterAll(() => stack.cleanUp());

/** What the entry loads before it knows which command is asked for. */
function loadedAtOnce(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen;
  const text = readFileSync(file, 'utf8');
  seen.set(file, text);
  for (const [, path = ''] of text.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) {
    loadedAtOnce(resolve(dirname(file), path), seen);
  }
  return seen;
}

describe('check 30: what it needs', () => {
  it('nothing but itself is loaded before the command is known', () => {
    const loaded = loadedAtOnce(join(ROOT, 'dist/main.js'));
    const text = [...loaded.values()].join('\n');
    // The client, YAML, the schemas and the rows: each waits for a command that wants it.
    for (const heavy of ['NoLivingConnectionsError', 'ListrError', 'YAMLParseError', 'draft-07']) {
      expect(text.includes(heavy), heavy).toBe(false);
    }
    expect(text.length).toBeLessThan(100_000);
  });

  it('installs nothing but itself: what it uses is bundled, and nothing runs at the installation', () => {
    const { dependencies, peerDependenciesMeta, scripts } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    ) as {
      dependencies?: object;
      peerDependenciesMeta: Record<string, { optional: boolean }>;
      scripts: Record<string, string>;
    };
    expect(dependencies).toBeUndefined();
    expect(Object.values(peerDependenciesMeta).every(({ optional }) => optional)).toBe(true);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(scripts[name]).toBeUndefined();
  });

  it('speaks with the cluster and with nobody else; without a cluster with nobody at all', async () => {
    const log = join(stack.folder, 'connections.txt');
    const hook = join(stack.folder, 'hook.cjs');
    await writeFile(
      hook,
      `const net = require('node:net'), dns = require('node:dns'), fs = require('node:fs');
       const connect = net.Socket.prototype.connect;
       net.Socket.prototype.connect = function (...args) {
         const [first] = Array.isArray(args[0]) ? args[0] : args;
         fs.appendFileSync(${JSON.stringify(log)}, (first.host ?? 'localhost') + ':' + first.port + '\\n');
         return connect.apply(this, args);
       };
       const lookup = dns.lookup;
       dns.lookup = (name, ...rest) => { fs.appendFileSync(${JSON.stringify(log)}, 'dns ' + name + '\\n'); return lookup(name, ...rest); };`,
    );
    const env = { NODE_OPTIONS: `--require ${hook}` };
    const spoken = async (args: readonly string[]): Promise<Set<string>> => {
      await writeFile(log, '');
      const ran = await start(args, { env }).ended;
      expect(ran.code, ran.stderr).toBe(0);
      return new Set((await readFile(log, 'utf8')).split('\n').filter((line) => line !== ''));
    };
    const [flag = '', file = ''] = stack.args();
    for (const args of [
      ['validate', flag, file],
      ['graph', flag, file],
      ['explain', 'Model'],
      ['--version'],
      ['help'],
    ]) {
      expect(await spoken(args), args.join(' ')).toEqual(new Set());
    }
    const { hostname, port } = new URL(nodeUrl());
    expect(await spoken(['plan', ...stack.args()])).toEqual(new Set([`${hostname}:${port}`]));
  });
});
