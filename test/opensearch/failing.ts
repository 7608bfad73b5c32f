import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { RerankctlError } from '../../src/core/errors.ts';

/** The failure that this work must end with; anything else thrown, or no failure, fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<RerankctlError> {
  const outcome = await work.then(
    (value) => new Error(`did not fail, but gave ${inspect(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof RerankctlError) return outcome;
  throw outcome;
}

/** All that a careless logger could print of an error. */
export function everythingIn(error: Error): string {
  return `${inspect(error, { depth: null, showHidden: true, getters: true })}\n${JSON.stringify(error)}\n${error.stack}`;
}

export interface Stranger {
  readonly url: string;
  readonly asked: number;
  close(): Promise<void>;
}

/** A web server that is no OpenSearch, or one that no real node can be made to be. */
export async function startStranger(
  body: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Promise<Stranger> {
  let asked = 0;
  const server = http.createServer((_, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get asked() {
      return asked;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
