import type { Endpoint } from './endpoint.ts';
import type { NoAnswer } from './send.ts';

interface Explained {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

const AUTH = {
  code: 'RCTL_PROXY_AUTH',
  remedy:
    'Put user and password into the URL of the proxy, in HTTPS_PROXY or HTTP_PROXY rather than in --proxy: http://USER:PASSWORD@HOST:PORT, percent-encoded.',
} as const;

/** A proxy that wants credentials, or others: 407, to CONNECT or to a whole request. */
export function proxyWantsCredentials(proxy: string): Explained {
  return {
    ...AUTH,
    message: `The proxy ${proxy} wants user and password, or does not accept those it got (407).`,
  };
}

/** What went wrong on the way to the cluster, and is not the cluster's; `undefined` where nothing did. */
export function explainProxy(failure: NoAnswer, { proxy, shown }: Endpoint): Explained | undefined {
  if (proxy === undefined) return undefined;
  switch (failure.code) {
    case 'PROXY_AUTH':
      return proxyWantsCredentials(proxy);
    case 'PROXY_REFUSED':
      return {
        code: 'RCTL_PROXY_REFUSED',
        message: `The proxy ${proxy} does not let us through to ${shown} (it answers ${failure.message} to CONNECT).`,
        remedy:
          'Ask whoever runs it to allow this host and port, or go around it: name the host in NO_PROXY.',
      };
    case 'PROXY_NO_WAY':
      return {
        code: 'RCTL_PROXY_REFUSED',
        message: `The proxy ${proxy} does not reach ${shown} (it answers ${failure.message} to CONNECT).`,
        remedy: 'Check host and port as they are seen from the proxy, and that the cluster is up.',
      };
    case 'PROXY_UNREACHABLE':
      return unreachable(proxy, shown, failure.message);
    default:
      return undefined;
  }
}

export function unreachable(proxy: string, shown: string, why: string): Explained {
  return {
    code: 'RCTL_PROXY_UNREACHABLE',
    message: `The proxy ${proxy} on the way to ${shown} cannot be reached (${why}).`,
    remedy: 'Check HTTPS_PROXY, HTTP_PROXY or --proxy. NO_PROXY names the hosts to reach without it.',
  };
}
