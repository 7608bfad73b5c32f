import type { ChildProcess } from 'node:child_process';
import { expect } from 'vitest';
import { type Ran, start } from '../support/cli.ts';
import { readExposition, type Samples } from '../support/exposition.ts';

/** A loop in a process of its own, as its users run it. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  readonly url: string;
  /** Status and text of a path of the endpoint. */
  get(path: string): Promise<[status: number, text: string]>;
  metrics(): Promise<Samples>;
  /** Waits until a series has at least this value. */
  until(series: string, least?: number): Promise<void>;
}

/** Starts `rerankctl reconcile` with rounds every second, and waits until it listens. */
export async function startLoop(
  args: readonly string[],
  options: Parameters<typeof start>[1] = {},
): Promise<Running> {
  const flags = ['--interval', '1s', '--listen', '127.0.0.1:0'];
  const { child, ended } = start(['reconcile', ...flags, ...args], options);
  let told = '';
  const url = await new Promise<string>((resolve, reject) => {
    const look = (text: string): void => {
      told += text;
      const found = /http:\/\/127\.0\.0\.1:\d+(?=\/livez)/.exec(told)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    ended.then(({ code }) => reject(new Error(`ended with ${code}: ${told}`)), reject);
  });
  const get = async (path: string): Promise<[number, string]> => {
    const response = await fetch(url + path);
    return [response.status, await response.text()];
  };
  const metrics = async (): Promise<Samples> => readExposition((await get('/metrics'))[1]);
  return {
    child,
    ended,
    url,
    get,
    metrics,
    until: (series, least = 1) =>
      expect
        .poll(async () => (await metrics()).get(series) ?? 0, {
          timeout: 60_000,
          interval: 50,
          message: series,
        })
        .toBeGreaterThanOrEqual(least),
  };
}
