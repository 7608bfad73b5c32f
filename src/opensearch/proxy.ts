import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, checkServerIdentity, rootCertificates } from 'node:tls';
// @ts-expect-error The client has no declarations for it.
import * as ProxyAgentModule from '@opensearch-project/opensearch/lib/ProxyAgent.js';
import { basicAuthorization, proxyUrl, userinfoOf } from './endpoint.ts';
import { type Route, SOCKET_POOL } from './wire.ts';

/** The client's own: an `https.Agent` whose connections begin with a CONNECT. */
type TunnelAgentClass = new (
  options: https.AgentOptions & { proxy: URL; proxyRequestOptions: https.RequestOptions },
) => https.Agent;
const { HttpsProxyAgent } = ProxyAgentModule as unknown as { HttpsProxyAgent: TunnelAgentClass };

/** What a proxy says to CONNECT, or that there is none, in a code of its own: it is not the cluster that failed. */
function proxyFailure(error: NodeJS.ErrnoException): Error {
  const status = /^Bad response: (\d+)$/.exec(error.message)?.[1];
  const code =
    status === undefined
      ? 'PROXY_UNREACHABLE'
      : status === '407'
        ? 'PROXY_AUTH'
        : ['502', '503', '504'].includes(status)
          ? 'PROXY_NO_WAY'
          : 'PROXY_REFUSED';
  const inner = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
  const message = status ?? ([inner.code, inner.message].find((text) => text) || 'no reason given');
  return Object.assign(new Error(message), { code });
}

class TunnelAgent extends HttpsProxyAgent {
  override createConnection(
    options: https.RequestOptions,
    callback: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    return super.createConnection(bracketed(options), (error, stream) => {
      callback(error === null ? null : proxyFailure(error), stream);
    });
  }
}

/** The client's agent writes `host:port` after CONNECT, which for an IPv6 address takes brackets; its certificate has none. */
function bracketed(options: https.RequestOptions): https.RequestOptions {
  const { host } = options;
  if (host === null || host === undefined || isIP(host) !== 6) return options;
  return {
    ...options,
    host: `[${host}]`,
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  };
}

/** A private CA may have signed the certificate of the proxy as well, beside all that Node trusts. */
function trustOf({ ca }: ConnectionOptions): ConnectionOptions {
  return ca === undefined ? {} : { ca: [...rootCertificates, String(ca)] };
}

/** To an https cluster through a tunnel, of which the proxy sees the host name and no more. */
export function tunnel(proxy: string, tls: ConnectionOptions): Route {
  const options = { ...SOCKET_POOL, ...tls, proxy: proxyUrl(proxy), proxyRequestOptions: trustOf(tls) };
  return { agent: new TunnelAgent(options) };
}

/** To an http cluster: the proxy is asked for the whole URL, and sees all of it. */
export function forward(proxy: string, tls: ConnectionOptions): Route {
  const url = proxyUrl(proxy);
  const { username, password } = userinfoOf(url);
  const secure = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const authorization =
    username === undefined ? {} : { 'proxy-authorization': basicAuthorization(username, password ?? '') };
  return {
    agent: secure
      ? new https.Agent({ ...SOCKET_POOL, ...trustOf(tls), servername: isIP(hostname) ? '' : hostname })
      : new http.Agent(SOCKET_POOL),
    address: (request) => ({
      ...request,
      protocol: url.protocol,
      hostname,
      port: url.port === '' ? (secure ? 443 : 80) : url.port,
      path: `http://${String(request.headers?.host)}${request.path}`,
      headers: { ...request.headers, ...authorization },
    }),
  };
}
