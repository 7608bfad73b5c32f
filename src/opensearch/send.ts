import type { ClientTransport } from './client.ts';
import type { Connection, Request } from './cluster.ts';
import type { Endpoint } from './endpoint.ts';
import type { Signer } from './sigv4.ts';
import { type Route, SOCKET_POOL } from './wire.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** There is no answer: the network failed, time ran out, or the caller stopped it. Holds no header and no body. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** Of Node (`ECONNREFUSED`), of OpenSSL, or ours: `TIMEOUT`, `ABORTED`. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Sender {
  /** One attempt. Any status is an answer. Throws `NoAnswer`. */
  send(request: Request, signal: AbortSignal | undefined): Promise<Answer>;
  close(): Promise<void>;
}

export const REQUEST_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** An object becomes JSON here; text and bytes go to the socket as they are, uncopied. */
function payloadOf({ body }: Request): { body?: string | Buffer } {
  if (body === undefined) return {};
  return { body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) };
}

function querystringOf(request: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(request.query ?? {}).map(([key, value]) => [key, String(value)]));
}

function attempt(
  transport: ClientTransport,
  request: Request,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new NoAnswer('ABORTED', 'aborted'));
    let stopped: NoAnswer | undefined;
    const handle = transport.request(
      {
        method: request.method,
        path: request.path,
        querystring: querystringOf(request),
        ...payloadOf(request),
      },
      request.body === undefined
        ? {}
        : { headers: { 'content-type': request.contentType ?? 'application/json' } },
      (error, result) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        if (stopped !== undefined) return reject(stopped);
        if (error === null || error.name === 'ResponseError') {
          const body = request.method === 'HEAD' ? undefined : result.body;
          return resolve({ status: result.statusCode ?? 0, body, headers: result.headers ?? {} });
        }
        // Anything else is no failure of the network but a bug, such as a path that is not encoded.
        if (error.name !== 'ConnectionError') return reject(error);
        reject(new NoAnswer(codeOf(error), error.message));
      },
    );
    const stop = (reason: NoAnswer): void => {
      stopped = reason;
      handle.abort();
    };
    const onAbort = (): void => stop(new NoAnswer('ABORTED', 'aborted'));
    const timer = setTimeout(
      () => stop(new NoAnswer('TIMEOUT', `no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** Loads what this way to the cluster takes, and nothing else: TLS, a proxy. */
async function routeOf({ secure }: Endpoint, connection: Connection): Promise<Route> {
  const { proxy } = connection;
  if (!secure && proxy === undefined) {
    const { Agent } = await import('node:http');
    return { agent: new Agent(SOCKET_POOL) };
  }
  const { tlsOptions } = await import('./certificates.ts');
  const tls = await tlsOptions(connection);
  if (proxy !== undefined) {
    const { forward, tunnel } = await import('./proxy.ts');
    return secure ? tunnel(proxy, tls) : forward(proxy, tls);
  }
  const { Agent } = await import('node:https');
  return { agent: new Agent({ ...SOCKET_POOL, ...tls }) };
}

interface Opened {
  readonly transport: ClientTransport;
  readonly signer: Signer | undefined;
  close(): void;
}

/** Loads the client, and reads certificates, with the first request: a command that sends none pays for neither. */
export function createSender(endpoint: Endpoint, connection: Connection): Sender {
  const timeoutMs = connection.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const { aws } = connection;
  const open = async (): Promise<Opened> => {
    const [{ openTransport }, route, signer] = await Promise.all([
      import('./client.ts'),
      routeOf(endpoint, connection),
      aws === undefined ? undefined : import('./sigv4.ts').then(({ openSigner }) => openSigner(aws)),
    ]);
    const client = openTransport({
      url: endpoint.shown,
      authorization: endpoint.authorization(),
      route,
      ...(signer === undefined ? {} : { sign: (request) => signer.sign(request) }),
      connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    });
    return { ...client, signer };
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    async send(request, signal) {
      opened ??= open();
      const { transport, signer } = await opened;
      await signer?.renew();
      return attempt(transport, request, request.timeoutMs ?? timeoutMs, signal);
    },
    async close() {
      const client = await opened?.catch(() => undefined);
      client?.close();
    },
  };
}
