import { RerankctlError } from '../core/errors.ts';
import type { Request } from './cluster.ts';
import type { Endpoint } from './endpoint.ts';
import { explainProxy, unreachable } from './proxy-failures.ts';
import type { NoAnswer } from './send.ts';

interface Explained {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

const NO_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const NO_ROUTE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);
const NOT_THERE = new Set(['ECONNREFUSED', ...NO_NAME, ...NO_ROUTE]);

/** Codes of OpenSSL's certificate checks, as Node passes them on. */
const UNKNOWN_ISSUER = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Alerts of the server about the certificate that we showed, or did not show. */
const ALERT_ABOUT_US =
  /alert (certificate required|bad certificate|certificate unknown|certificate expired|certificate revoked|unknown ca|handshake failure)/i;

function explainOwnCertificate(message: string, endpoint: Endpoint): Explained | undefined {
  const alert = ALERT_ABOUT_US.exec(message)?.[1]?.toLowerCase();
  if (alert === undefined) return undefined;
  if (endpoint.certified) return ownCertificate(false, endpoint, ` (${alert})`);
  return /required|bad certificate/.test(alert) ? ownCertificate(true, endpoint) : undefined;
}

function ownCertificate(missing: boolean, { shown }: Endpoint, detail = ''): Explained {
  return {
    code: 'RCTL_TLS_CLIENT_CERT',
    message: missing
      ? `${shown} wants a client certificate.`
      : `${shown} does not accept the client certificate${detail}.`,
    remedy: missing
      ? 'Give it with its key: --client-cert PATH --client-key PATH.'
      : 'It must be signed by a CA that the cluster trusts for clients, and be valid now.',
  };
}

function explainTls({ code, message }: NoAnswer, endpoint: Endpoint): Explained | undefined {
  const at = endpoint.shown;
  const own = explainOwnCertificate(message, endpoint);
  if (own !== undefined) return own;
  if (UNKNOWN_ISSUER.has(code)) {
    return {
      code: 'RCTL_TLS_UNTRUSTED',
      message: `The certificate of ${at} is not signed by an authority that this machine trusts.`,
      remedy:
        'Give the PEM file of the CA that signed it (--ca-file). For a throwaway cluster only, switch the check off (--insecure-skip-tls-verify).',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      code: 'RCTL_TLS_HOSTNAME',
      // Node's message lists the names that the certificate has.
      message: `The certificate of ${at} is for another host. ${message}`,
      remedy:
        'Use one of the names in the certificate as the host of the URL, or have it issued for this one.',
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return {
      code: 'RCTL_TLS_EXPIRED',
      message: `The certificate of ${at} ${when}.`,
      remedy: 'Renew it, and check the clocks of both machines.',
    };
  }
  if (/wrong version number|packet length too long|http request/i.test(message)) {
    return {
      code: 'RCTL_TLS_NOT_SPOKEN',
      message: `${at} does not speak https.`,
      remedy: `Write http:// if this cluster has no TLS: ${at.replace(/^https/, 'http')}`,
    };
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO' || code.startsWith('ERR_TLS_')) {
    return {
      code: 'RCTL_TLS_FAILED',
      message: `No TLS connection to ${at}: ${message.replace(/\s+/g, ' ').trim()}`,
      remedy:
        'See which protocol versions and ciphers the cluster offers, and whether it wants a client certificate.',
    };
  }
  return undefined;
}

function explain(request: Request, failure: NoAnswer, endpoint: Endpoint): Explained {
  const at = endpoint.shown;
  const { code } = failure;
  const asked = `${request.method} ${request.path}`;
  const onTheWay = explainProxy(failure, endpoint);
  if (onTheWay !== undefined) return onTheWay;
  // A plain request is written to the proxy, so it is the proxy that is not there, or whose certificate is wrong.
  const ofProxy = NOT_THERE.has(code) || UNKNOWN_ISSUER.has(code) || /^(CERT_|ERR_TLS_|ERR_SSL_)/.test(code);
  if (endpoint.proxy !== undefined && !endpoint.secure && ofProxy) {
    return unreachable(endpoint.proxy, at, code);
  }
  if (code === 'ECONNREFUSED') {
    return {
      code: 'RCTL_NO_CLUSTER',
      message: `There is no cluster at ${at}: nothing listens there.`,
      remedy: 'Check host and port, and that the cluster is up. `rerankctl dev up` starts a local one.',
    };
  }
  if (NO_NAME.has(code)) {
    return {
      code: 'RCTL_NO_HOST',
      message: `The host name in ${at} cannot be resolved (${code}).`,
      remedy: 'Check its spelling, and that this machine has the DNS server or VPN that knows it.',
    };
  }
  if (NO_ROUTE.has(code)) {
    return {
      code: 'RCTL_NO_CLUSTER',
      message: `${at} cannot be reached (${code}).`,
      remedy: 'Check the address, and that no firewall or missing VPN is in the way.',
    };
  }
  if (code === 'TIMEOUT') {
    return {
      code: 'RCTL_TIMEOUT',
      message: `${at} accepted ${asked} and gave no answer in time (${failure.message}).`,
      remedy:
        'The cluster may be overloaded, and may still do what it was asked. Try again, with a longer request time-out.',
    };
  }
  const tls = endpoint.secure ? explainTls(failure, endpoint) : undefined;
  if (tls !== undefined) return tls;
  if (!endpoint.secure && /Parse Error|Expected HTTP/i.test(failure.message)) {
    return {
      code: 'RCTL_NOT_OPENSEARCH',
      message: `What answers at ${at} does not speak http (${failure.message}).`,
      remedy: `If it is https, write so: ${at.replace(/^http/, 'https')}. Port 9300 is the transport port; REST is on 9200.`,
    };
  }
  return {
    code: 'RCTL_CONNECTION_LOST',
    message: `The connection to ${at} broke before the answer to ${asked} came (${failure.message}).`,
    remedy: endpoint.certified
      ? 'A server may close the connection without a word when it does not accept the client certificate: see which CA it trusts for clients. Else see whether the node is up, then try again.'
      : endpoint.secure
        ? 'See whether the node is up, then try again.'
        : `If the cluster has TLS, write https: ${at.replace(/^http/, 'https')}. Else see whether the node is up, then try again.`,
  };
}

/** In words, with the bare network error as its cause: that of the client holds the request's headers. */
export function noAnswerError(request: Request, failure: NoAnswer, endpoint: Endpoint): RerankctlError {
  const { code, message, remedy } = explain(request, failure, endpoint);
  return new RerankctlError('connection', code, message, { remedy, cause: failure });
}

const OTHER_ADDRESS =
  'Give the address of the REST API of the cluster (port 9200 by default), not that of Dashboards or of another service.';

export function notOpenSearch(url: string, because: string, remedy = OTHER_ADDRESS): RerankctlError {
  return new RerankctlError(
    'connection',
    'RCTL_NOT_OPENSEARCH',
    `${url} is not an OpenSearch cluster: ${because}.`,
    {
      remedy,
    },
  );
}

/** nginx finishes the handshake, and then answers 400 with a page about the certificate of the client. */
export function refusedCertificate(missing: boolean, endpoint: Endpoint): RerankctlError {
  const { code, message, remedy } = ownCertificate(missing, endpoint);
  return new RerankctlError('connection', code, message, { remedy });
}
