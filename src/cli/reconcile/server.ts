import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RerankctlError } from '../../core/errors.ts';
import type { Answer, Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { ListenOn } from './settings.ts';

/** Whoever connects and says nothing is not waited for. */
const TIMEOUT_MS = 10_000;

export interface StatusServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers the probes of a Kubernetes and the scrapes of a Prometheus. Nothing can be changed through it. */
export async function startStatusServer(
  { host, port }: ListenOn,
  { health, metrics }: { readonly health: Health; readonly metrics: Metrics },
): Promise<StatusServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    switch (request.url?.split('?')[0]) {
      case '/livez':
        return probe(response, health.live());
      case '/readyz':
        return probe(response, health.ready());
      case '/metrics': {
        const text = await metrics.text();
        response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
        return;
      }
      default:
        response.writeHead(404, PLAIN).end('There are /livez, /readyz and /metrics.\n');
    }
  };
  const server = createServer(
    { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS },
    (request, response) => {
      answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    },
  );
  await new Promise<void>((resolve, reject) => {
    // Also later: that a connection could not be taken ends no loop.
    server.on('error', (error) => reject(cannotListen(host, port, error)));
    server.listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

function probe(response: ServerResponse, { ok, text }: Answer): void {
  response.writeHead(ok ? 200 : 503, PLAIN).end(`${text}\n`);
}

function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): RerankctlError {
  const why = { EADDRINUSE: 'something else listens there', EACCES: 'permission denied' }[error.code ?? ''];
  return new RerankctlError(
    'usage',
    'RCTL_CANNOT_LISTEN',
    `${host}:${port} cannot be listened on: ${why ?? error.message}.`,
    { remedy: 'Choose another with --listen HOST:PORT; port 0 is any that is free.', cause: error },
  );
}
