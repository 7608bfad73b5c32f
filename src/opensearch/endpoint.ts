import { RerankctlError } from '../core/errors.ts';
import type { Connection } from './cluster.ts';

/** As whom we come. */
export type Claim = 'nobody' | 'user' | 'token' | 'aws';

/** Where the cluster is and how to prove who we are. Only `shown` and `proxy` may reach a message, a log or a plan. */
export interface Endpoint {
  /** Without user, password, query, fragment and trailing slash. */
  readonly shown: string;
  readonly secure: boolean;
  readonly claim: Claim;
  readonly username: string | undefined;
  /** Is a client certificate shown in the handshake? */
  readonly certified: boolean;
  /** The proxy on the way, without user and password. */
  readonly proxy: string | undefined;
  /** A getter, so that inspecting the endpoint shows no secret. */
  authorization(): string | undefined;
}

/** Names and passwords in a URL are percent-encoded; a stray `%` is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whatever stands before an @ may be a password. */
export function withoutUserinfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/|\/\/)?.*@/is, '$1');
}

/** User and password of a URL, decoded. */
export function userinfoOf({ username, password }: URL): { username?: string; password?: string } {
  return {
    ...(username === '' ? {} : { username: decoded(username) }),
    ...(password === '' ? {} : { password: decoded(password) }),
  };
}

export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const known = url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '';
  return known ? url : undefined;
}

function clusterUrl(text: string): URL {
  const url = httpUrl(text);
  if (url !== undefined) return url;
  throw new RerankctlError(
    'usage',
    'RCTL_URL_INVALID',
    `\`${withoutUserinfo(text)}\` is not the URL of a cluster.`,
    { remedy: 'Write it with its scheme, like http://localhost:9200 or https://search.example.com:9200.' },
  );
}

export function proxyUrl(text: string): URL {
  // curl and others take a host and a port alone, and so does what people have in HTTPS_PROXY.
  const url = httpUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== undefined) return url;
  throw new RerankctlError(
    'usage',
    'RCTL_PROXY_INVALID',
    `\`${withoutUserinfo(text)}\` is not the URL of a proxy.`,
    { remedy: 'Write it like http://proxy.example.com:3128. SOCKS proxies are not spoken to.' },
  );
}

function incomplete(code: string, message: string, remedy: string): RerankctlError {
  return new RerankctlError('usage', code, message, { remedy });
}

/** User and password belong together; those of the connection win over those of its URL. */
function userOf(connection: Connection, url: URL): { username: string; password: string } | undefined {
  const inUrl = userinfoOf(url);
  const username = connection.username ?? inUrl.username;
  const password = connection.password ?? inUrl.password;
  if (username !== undefined && password !== undefined) return { username, password };
  if (username !== undefined) {
    throw incomplete(
      'RCTL_PASSWORD_MISSING',
      `There is no password for user ${username}.`,
      'Give the password as well, or leave the user out.',
    );
  }
  if (password === undefined) return undefined;
  throw incomplete(
    'RCTL_USER_MISSING',
    'There is a password, but no user.',
    'Give the user as well, or leave the password out.',
  );
}

/** A token goes into a header, where spaces and line ends would mean something. */
function bearer(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw incomplete(
    'RCTL_TOKEN_INVALID',
    token === '' ? 'The token is empty.' : 'The token holds spaces or characters that no token has.',
    'Give the token alone, on one line and without the word Bearer before it.',
  );
}

function authorizationOf(
  { token, aws }: Connection,
  user: { username: string; password: string } | undefined,
): { claim: Claim; authorization: string | undefined } {
  const claims: Claim[] = [
    ...(user === undefined ? [] : ['user' as const]),
    ...(token === undefined ? [] : ['token' as const]),
    ...(aws === undefined ? [] : ['aws' as const]),
  ];
  if (claims.length > 1) {
    const names = { nobody: '', user: 'user and password', token: 'a token', aws: 'signatures for AWS' };
    throw incomplete(
      'RCTL_CREDENTIALS_CONFLICT',
      `There are two ways at once to prove who we are: ${claims.map((claim) => names[claim]).join(', ')}.`,
      'Give one of them.',
    );
  }
  return {
    claim: claims[0] ?? 'nobody',
    authorization:
      token !== undefined
        ? bearer(token)
        : user === undefined
          ? undefined
          : basicAuthorization(user.username, user.password),
  };
}

function isCertified({ clientCertFile: cert, clientKeyFile: key }: Connection, url: URL): boolean {
  if (cert === undefined && key === undefined) return false;
  if (cert === undefined || key === undefined) {
    throw incomplete(
      'RCTL_CLIENT_CERT',
      cert === undefined
        ? `There is a client key (${key}), and no certificate for it.`
        : `There is a client certificate (${cert}), and no key for it.`,
      'Give both. Where one PEM file holds them, name it twice.',
    );
  }
  if (url.protocol === 'https:') return true;
  throw incomplete(
    'RCTL_CLIENT_CERT',
    `A client certificate is shown in the TLS handshake, and ${withoutUserinfo(url.origin)} has none.`,
    'Write https://, or leave the certificate out.',
  );
}

export function endpointOf(connection: Connection): Endpoint {
  const url = clusterUrl(connection.url);
  const user = userOf(connection, url);
  const { claim, authorization } = authorizationOf(connection, user);
  const proxy = connection.proxy === undefined ? undefined : proxyUrl(connection.proxy).origin;
  return {
    shown: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    secure: url.protocol === 'https:',
    claim,
    username: user?.username,
    certified: isCertified(connection, url),
    proxy,
    authorization: () => authorization,
  };
}
