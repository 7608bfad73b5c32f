import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request as it reached the proxy. */
export interface Seen {
  /** Counts from 1. */
  readonly n: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** What the client got; `undefined` while it runs, and for ever when the connection was dropped. */
  status?: number;
  /** Did it reach the node? */
  forwarded: boolean;
}

/** What goes wrong instead of, or around, forwarding. */
export type Fault =
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly body?: string | object;
      readonly headers?: Record<string, string>;
    }
  /** Breaks the connection: the node never sees the request. */
  | { readonly do: 'drop' }
  /** The node does the work, and the client never hears of it. `answered` is called in between. */
  | { readonly do: 'drop-answer'; readonly answered?: () => void }
  | { readonly do: 'delay'; readonly ms: number };

export interface Rule {
  readonly method?: string;
  /** A string is a part of the path. */
  readonly path?: string | RegExp;
  /** How many requests it strikes; all when absent. */
  readonly times?: number;
  readonly fault: Fault;
}

/** What goes wrong with this one; `undefined`: nothing, or what the rules say. */
export type Chooser = (request: Seen) => Fault | undefined | Promise<Fault | undefined>;

export interface FaultyProxy {
  readonly url: string;
  readonly requests: readonly Seen[];
  /** Those that may change something on the server. */
  writes(): Seen[];
  /** The first rule that matches strikes. Returns a function that takes the rule away. */
  inject(rule: Rule): () => void;
  /** Is called, and waited for, before each request is forwarded. */
  onRequest(hook: (n: number, request: Seen) => void | Promise<void>): void;
  /** Is asked of each request before the rules are, and waited for. */
  strike(chooser: Chooser): void;
  /** Forgets requests, rules, hook and chooser. */
  reset(): void;
  close(): Promise<void>;
}

const READING_POSTS =
  /\/(_search|_msearch|_mget|_count|_predict|_field_caps|_explain|_analyze)(\/|$)|_validate\/query/;

export function isWrite(request: Pick<Seen, 'method' | 'path'>): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  // `/_search/pipeline/x` is no search, and is written with PUT and DELETE.
  return !(request.method === 'POST' && READING_POSTS.test(request.path));
}

function matches(rule: Rule, request: Seen): boolean {
  if (rule.method !== undefined && rule.method !== request.method) return false;
  if (rule.path === undefined) return true;
  return typeof rule.path === 'string' ? request.path.includes(rule.path) : rule.path.test(request.path);
}

async function bytesOf(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface Upstream {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A real node behind a door that can be slammed: counts what passes, and fails on request. */
export async function startProxy(target: string): Promise<FaultyProxy> {
  const upstream = new URL(target);
  const { request: open, Agent } = upstream.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  let requests: Seen[] = [];
  let rules: { rule: Rule; left: number }[] = [];
  let hook: (n: number, request: Seen) => void | Promise<void> = () => {};
  let chooser: Chooser = () => undefined;

  function forward(seen: Seen, url: string): Promise<Upstream> {
    seen.forwarded = true;
    return new Promise((resolve, reject) => {
      const headers = { ...seen.headers, host: upstream.host };
      const request = open(new URL(url, upstream), { method: seen.method, headers, agent }, (response) => {
        bytesOf(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          reject,
        );
      });
      request.on('error', reject);
      request.end(seen.body);
    });
  }

  function struck(seen: Seen): Fault | undefined {
    const found = rules.find((entry) => entry.left > 0 && matches(entry.rule, seen));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.rule.fault;
  }

  async function handle(incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
    const [path = '', query = ''] = (incoming.url ?? '').split('?');
    const body = await bytesOf(incoming);
    const { method = '', headers } = incoming;
    const seen: Seen = { n: requests.length + 1, method, path, query, headers, body, forwarded: false };
    requests.push(seen);
    await hook(seen.n, seen);
    const fault = (await chooser(seen)) ?? struck(seen);
    if (fault?.do === 'drop') {
      incoming.socket.destroy();
      return;
    }
    if (fault?.do === 'answer') {
      const text = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {});
      const type = typeof fault.body === 'string' ? 'text/plain' : 'application/json';
      seen.status = fault.status;
      outgoing.writeHead(fault.status, { 'content-type': type, ...fault.headers }).end(text);
      return;
    }
    if (fault?.do === 'delay') await sleep(fault.ms);
    const answer = await forward(seen, incoming.url ?? '/');
    if (fault?.do === 'drop-answer') {
      fault.answered?.();
      incoming.socket.destroy();
      return;
    }
    seen.status = answer.status;
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  }

  const server = http.createServer((incoming, outgoing) => {
    // A client that went away, or a node that did: both end this exchange and nothing else.
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    writes: () => requests.filter(isWrite),
    inject(rule) {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    onRequest(next) {
      hook = next;
    },
    strike(next) {
      chooser = next;
    },
    reset() {
      requests = [];
      rules = [];
      hook = () => {};
      chooser = () => undefined;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
