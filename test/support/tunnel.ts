import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Certificate } from './certificates.ts';

export interface Tunnel {
  /** Without user and password. */
  readonly url: string;
  readonly port: number;
  /** The target of each CONNECT, in order; those that were refused too. */
  readonly connects: readonly string[];
  /** The whole URL of each plain request, in order. */
  readonly forwarded: readonly string[];
  /** Breaks all connections, and answers the next `times` requests so. */
  fail(status: number, times: number): void;
  /** All that was ever sent to the proxy itself, headers included: what it could have read. */
  seen(): string;
  close(): Promise<void>;
}

export interface TunnelOptions {
  /** `user:password` that it wants. */
  readonly credentials?: string;
  /** Answers every request so. */
  readonly refuse?: number;
  /** Leads a host name elsewhere: `cluster.test:9200` to `127.0.0.1:1234`. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Speaks TLS itself. */
  readonly tls?: Certificate;
}

/** A real forward proxy on loopback, which counts. */
export async function startTunnel(options: TunnelOptions = {}): Promise<Tunnel> {
  const connects: string[] = [];
  const forwarded: string[] = [];
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const failing = { status: 200, times: 0 };
  const { credentials, refuse, routes = {}, tls } = options;

  function verdict(request: http.IncomingMessage): number {
    heads.push(`${request.method} ${request.url}\n${JSON.stringify(request.headers)}`);
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) return 407;
    if (failing.times === 0) return refuse ?? 200;
    failing.times -= 1;
    return failing.status;
  }

  const server =
    tls === undefined ? http.createServer() : https.createServer({ cert: tls.cert, key: tls.key });
  server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
    forwarded.push(request.url ?? '');
    const status = verdict(request);
    if (status !== 200) {
      response.writeHead(status, { 'proxy-authenticate': 'Basic realm="p"' }).end('no');
      return;
    }
    const { 'proxy-authorization': _own, ...headers } = request.headers;
    const onward = http.request(request.url ?? '', { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request: http.IncomingMessage, socket: Socket, head: Buffer) => {
    const target = request.url ?? '';
    connects.push(target);
    socket.on('error', () => socket.destroy());
    const status = verdict(request);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nproxy-authenticate: Basic realm="p"\r\n\r\n`);
      return;
    }
    const [host, port] = (routes[target] ?? target).split(':');
    const onward = net.connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 No way\r\n\r\n'));
    socket.on('close', () => onward.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    connects,
    forwarded,
    fail(status, times) {
      Object.assign(failing, { status, times });
      for (const socket of sockets) socket.destroy();
    },
    seen: () => heads.join('\n'),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
