import type http from 'node:http';
import ConnectionModule from '@opensearch-project/opensearch/lib/Connection.js';
import PoolModule from '@opensearch-project/opensearch/lib/pool/index.js';
import TransportModule from '@opensearch-project/opensearch/lib/Transport.js';
import type { Route, WireRequest } from './wire.ts';

/*
 * The transport of the OpenSearch client, without its 600 API methods: importing `Client` takes 0.2 s, these four
 * files 0.02 s. They are CommonJS classes whose declarations say `export default`, hence the casts.
 */
const Transport = TransportModule as unknown as typeof TransportModule.default;
const ClientConnection = ConnectionModule as unknown as typeof ConnectionModule.default;
const { ConnectionPool } = PoolModule;

export type ClientTransport = InstanceType<typeof Transport>;

export interface ClientOptions {
  /** Without user and password: the client puts its URL into errors. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly route: Route;
  readonly sign?: (request: WireRequest) => WireRequest;
  readonly connectTimeoutMs: number;
}

type Callback = Parameters<InstanceType<typeof ClientConnection>['request']>[1];

/**
 * The client's connection, with two faults of 3.9 mended: it keeps only the message of a network error and not its
 * code (the message is empty where several addresses were tried), and it prints errors that come after the head of
 * a response to stdout.
 */
function connectionClass({ connectTimeoutMs, route, sign }: ClientOptions): typeof ClientConnection {
  const asIs = (request: WireRequest): WireRequest => request;
  const { address = asIs } = route;
  return class extends ClientConnection {
    override buildRequestObject(params: unknown): http.ClientRequestArgs {
      const request = super.buildRequestObject(params) as WireRequest;
      const named = { ...request, headers: { ...request.headers, host: this.url.host } };
      return address((sign ?? asIs)(named));
    }
    override request(
      params: Parameters<InstanceType<typeof ClientConnection>['request']>[0],
      callback: Callback,
    ): http.ClientRequest {
      let original: NodeJS.ErrnoException | undefined;
      const request = super.request(params, (error, response) => {
        if (error !== null && original !== undefined) {
          const { code, message } = firstOf(original);
          Object.assign(error, { code, message });
        }
        callback(error, response);
      });
      request.prependListener('error', (error) => {
        original = error;
      });
      request.once('response', () => {
        request.removeAllListeners('error');
        request.on('error', () => {});
      });
      request.once('socket', (socket) => {
        if (!socket.connecting) return;
        const timer = setTimeout(() => {
          request.destroy(Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' }));
        }, connectTimeoutMs);
        socket.once('connect', () => clearTimeout(timer));
        socket.once('close', () => clearTimeout(timer));
      });
      return request;
    }
  };
}

/** Several addresses of one name (`localhost` is two) fail as an `AggregateError` without a message. */
function firstOf(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first : error;
}

/** Our own JSON on the way out, so that a body is text or bytes here; a body that is no JSON stays text. */
const plainJson = {
  serialize: (value: unknown) => JSON.stringify(value),
  ndserialize: (values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join(''),
  qserialize: (query: Record<string, string> | undefined) => new URLSearchParams(query).toString(),
  deserialize: (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  },
};

export function openTransport(options: ClientOptions): { transport: ClientTransport; close: () => void } {
  const { authorization, route } = options;
  const url = new URL(options.url);
  const emit = (): boolean => false;
  const pool = new ConnectionPool({
    emit,
    Connection: connectionClass(options),
    // A dead connection would be pinged with a HEAD of its own; whether to try again is decided in `retry.ts`.
    resurrectStrategy: 'none',
  });
  pool.addConnection({
    url,
    agent: () => route.agent,
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });
  const transport = new Transport({
    emit,
    connectionPool: pool,
    serializer: plainJson,
    maxRetries: 0,
    // The client's time-out is that of a silent socket, and ends with the head of the response. Ours is in `send.ts`.
    requestTimeout: 0,
    sniffEndpoint: '',
  });
  return { transport, close: () => route.agent.destroy() };
}
