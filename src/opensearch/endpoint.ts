import { readFile } from 'node:fs/promises';
import { RerankctlError } from '../core/errors.ts';
import type { Connection } from './cluster.ts';

/** Where the cluster is and how to prove who we are. Only `shown` may reach a message, a log or a plan. */
export interface Endpoint {
  /** Without user, password, query, fragment and trailing slash. */
  readonly shown: string;
  readonly secure: boolean;
  readonly username: string | undefined;
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

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    // Whatever stands before an @ may be a password.
    const shown = text.replace(/^(.*\/\/)?.*@/s, '$1');
    throw new RerankctlError('usage', 'RCTL_URL_INVALID', `\`${shown}\` is not the URL of a cluster.`, {
      remedy: 'Write it with its scheme, like http://localhost:9200 or https://search.example.com:9200.',
    });
  }
  return url;
}

export function endpointOf(connection: Connection): Endpoint {
  const url = parsed(connection.url);
  const username = connection.username ?? (url.username === '' ? undefined : decoded(url.username));
  const password = connection.password ?? (url.password === '' ? undefined : decoded(url.password));
  if (username !== undefined && password === undefined) {
    throw new RerankctlError('usage', 'RCTL_PASSWORD_MISSING', `There is no password for user ${username}.`, {
      remedy: 'Give the password as well, or leave the user out.',
    });
  }
  if (username === undefined && password !== undefined) {
    throw new RerankctlError('usage', 'RCTL_USER_MISSING', 'There is a password, but no user.', {
      remedy: 'Give the user as well, or leave the password out.',
    });
  }
  return {
    shown: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    secure: url.protocol === 'https:',
    username,
    authorization: () =>
      username === undefined
        ? undefined
        : `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`,
  };
}

/** Node silently ignores a CA file that holds no certificate, and the server is then "self-signed": say it here. */
export async function readCa(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RerankctlError(
      'usage',
      'RCTL_CA_FILE',
      `The CA file ${file} cannot be read (${error.code ?? error.message}).`,
      { remedy: 'Give the path of a PEM file that this user may read.' },
    );
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new RerankctlError('usage', 'RCTL_CA_FILE', `The CA file ${file} holds no PEM certificate.`, {
      remedy:
        'It must hold a line `-----BEGIN CERTIFICATE-----`. Convert DER with `openssl x509 -inform der`.',
    });
  }
  return text;
}
