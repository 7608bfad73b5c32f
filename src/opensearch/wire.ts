import type { Agent, OutgoingHttpHeaders } from 'node:http';

/** A request as it is about to be written: the client's own, with what we look at named. */
export interface WireRequest {
  method?: string;
  protocol?: string | null;
  hostname?: string | null;
  port?: string | number | null;
  /** With its query. */
  path?: string | null;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer | null;
}

/** The way to the cluster: the sockets, and what a request must look like on them. */
export interface Route {
  readonly agent: Agent;
  /** Written for whoever stands at the other end; as it is where that is the cluster itself. */
  readonly address?: (request: WireRequest) => WireRequest;
}

/** Requests that run at the same time; more wait for a socket. */
const SOCKETS = 32;
/** Idle sockets are closed before a load balancer does it (60 s and more), which would break the next POST. */
const IDLE_MS = 20_000;

export const SOCKET_POOL = {
  keepAlive: true,
  maxSockets: SOCKETS,
  maxFreeSockets: SOCKETS,
  timeout: IDLE_MS,
} as const;
