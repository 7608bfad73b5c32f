import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { isObject, listAt, textAt } from '../../src/core/json.ts';
import { type Bench, idsOf, isStateWrite } from './provision.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Desk {
  /** The folder in which the command runs. */
  readonly home: string;
  /** The command, in this process, against the server of the bench. */
  rerankctl(...args: string[]): Promise<Ran>;
  /** As another user. */
  as(login: { username: string; password: string }): Desk['rerankctl'];
  /** What it prints with `--output json`, checked against its schema. */
  json(...args: string[]): Promise<Record<string, unknown>>;
  /**
   * The promise of `export`: a fresh stack adopts what was exported, with writes to the state alone, and then
   * there is nothing to do. The addresses, sorted.
   */
  isAdopted(folder: string): Promise<string[]>;
  clear(): Promise<void>;
}

function schema(name: string): object {
  const path = fileURLToPath(new URL(`../../schemas/${name}`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as object;
}

export async function openDesk(bench: Bench, env: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const home = await mkdtemp(join(tmpdir(), 'rerankctl-export-'));
  const ajv = new Ajv({ allErrors: true, strict: false });
  ajv.addSchema(schema('report.schema.json'), 'report.schema.json');
  const isOutput = ajv.compile(schema('output.schema.json'));

  async function runAs(login: { username?: string; password?: string }, args: string[]): Promise<Ran> {
    const texts = { stdout: '', stderr: '' };
    const output = (name: 'stdout' | 'stderr') => ({
      isTTY: false,
      columns: 120,
      write: (text: string) => {
        texts[name] += text;
      },
    });
    const code = await run(args, {
      stdout: output('stdout'),
      stderr: output('stderr'),
      env: {
        ...env,
        OPENSEARCH_URL: bench.proxy.url,
        OPENSEARCH_USERNAME: login.username,
        OPENSEARCH_PASSWORD: login.password,
      },
      cwd: home,
      signal: new AbortController().signal,
      readStdin: async () => '',
      ask: async () => undefined,
    });
    return { code, ...texts };
  }

  const desk: Desk = {
    home,
    rerankctl: (...args) => runAs(bench.server.login, args),
    as:
      (login) =>
      (...args) =>
        runAs(login, args),
    async json(...args) {
      const { stdout, stderr, code } = await desk.rerankctl(...args, '--output', 'json');
      const value: unknown = JSON.parse(stdout);
      if (!isObject(value)) throw new Error(stderr);
      expect(isOutput(value), JSON.stringify(isOutput.errors)).toBe(true);
      expect(value.exitCode).toBe(code);
      return value;
    },
    async isAdopted(folder) {
      await bench.loseState();
      const args = ['-f', folder, '--stack', bench.stack];
      const planned = await desk.json('plan', ...args);
      // What people have made may well have traps in it.
      const problems = listAt(planned, 'diagnostics').filter(
        (each) => !/^RCTL_LINT/.test(textAt(each, 'code') ?? ''),
      );
      expect(problems).toEqual([]);
      const changes = listAt(planned, 'changes');
      expect(changes.filter((change) => textAt(change, 'action') !== 'adopt')).toEqual([]);
      const writes = await bench.writesOf(async () => {
        const applied = await desk.rerankctl('apply', '--yes', ...args);
        expect([applied.code, applied.stderr]).toEqual([0, expect.any(String)]);
      });
      expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
      const again = listAt(await desk.json('plan', ...args), 'changes');
      expect(again.filter((change) => textAt(change, 'action') !== 'none')).toEqual([]);
      await bench.loseState();
      return changes.map((change) => textAt(change, 'address') ?? '').sort();
    },
    clear: () => rm(home, { recursive: true }),
  };
  return desk;
}

/** Deletes the groups of a name. For a second the server still counts models that were just deleted: 409. */
export async function deleteGroups(bench: Bench, name: string): Promise<void> {
  for (const id of await idsOf(bench.cluster, 'model_groups', name)) {
    const path = `/_plugins/_ml/model_groups/${id}`;
    const request = { method: 'DELETE', path, accept: [404, 409] } as const;
    await expect
      .poll(async () => (await bench.cluster.request(request)).status, { timeout: 10_000 })
      .not.toBe(409);
  }
}
