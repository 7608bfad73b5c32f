import type { Diagnostic } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import { userinfoOf } from '../../opensearch/endpoint.ts';
import type { Invocation } from '../command.ts';
import { type Given, GivenValues } from './given.ts';
import type { ChosenProfile } from './profile.ts';
import {
  readSecret,
  type Secret,
  type SecretNames,
  type SecretSource,
  secretSource,
} from './secret-sources.ts';

const PASSWORD: SecretNames = {
  what: 'password',
  flag: 'password-file',
  env: 'OPENSEARCH_PASSWORD',
  file: 'password_file',
  variable: 'password_env',
};
const TOKEN: SecretNames = {
  what: 'token',
  flag: 'token-file',
  env: 'OPENSEARCH_TOKEN',
  file: 'token_file',
  variable: 'token_env',
};
const PASSPHRASE: SecretNames = {
  what: 'passphrase',
  flag: 'client-key-passphrase-file',
  env: 'OPENSEARCH_CLIENT_KEY_PASSPHRASE',
  file: 'client_key_passphrase_file',
  variable: 'client_key_passphrase_env',
};

export interface Credentials {
  /** Without user and password. */
  readonly url: string;
  readonly username: Given | undefined;
  readonly password: Secret | undefined;
  readonly token: Secret | undefined;
  readonly passphrase: Secret | undefined;
  readonly warnings: readonly Diagnostic[];
}

/** One way to say who we are, whatever place each comes from; two are an error that names both. */
export async function credentialsOf(
  invocation: Invocation,
  profile: ChosenProfile,
  { url, aws, hasKey }: { url: Given; aws: Given | undefined; hasKey: boolean },
): Promise<Credentials> {
  const inUrl = splitUrl(url);
  const named = new GivenValues(invocation, profile).of('username', {
    flag: 'username',
    env: ['OPENSEARCH_USERNAME'],
    field: profile.values.username,
  });
  const password = secretSource(PASSWORD, invocation, profile);
  const token = secretSource(TOKEN, invocation, profile);
  refuseTwoUsers(inUrl, named, password);
  const user = named ?? inUrl.username ?? password ?? inUrl.password;
  refuseTwoWays([
    ...(user === undefined ? [] : [{ way: 'user and password', origin: user.origin }]),
    ...(token === undefined ? [] : [{ way: 'a token', origin: token.origin }]),
    ...(aws === undefined ? [] : [{ way: 'signatures for AWS', origin: aws.origin }]),
  ]);
  const warnings: Diagnostic[] = [];
  const read = async (names: SecretNames, source: SecretSource | undefined): Promise<Secret | undefined> => {
    if (source === undefined) return undefined;
    const { secret, warnings: found } = await readSecret(names, source, invocation);
    warnings.push(...found);
    return secret;
  };
  const username = named ?? inUrl.username;
  const result = {
    url: inUrl.url,
    username,
    password: (await read(PASSWORD, password)) ?? inUrl.password,
    token: trimmed(await read(TOKEN, token)),
    passphrase: hasKey ? await read(PASSPHRASE, secretSource(PASSPHRASE, invocation, profile)) : undefined,
  };
  return { ...result, warnings };
}

/** Editors and `echo` leave spaces and line ends around a token, which never belong to it. */
function trimmed(secret: Secret | undefined): Secret | undefined {
  return secret === undefined ? undefined : { ...secret, reveal: () => secret.reveal().trim() };
}

interface InUrl {
  readonly url: string;
  readonly username: Given | undefined;
  readonly password: Secret | undefined;
}

/** Takes user and password out of a URL. One that is none is left to `connect`, which says so without showing it. */
function splitUrl({ value, origin }: Given): InUrl {
  if (!URL.canParse(value)) return { url: value, username: undefined, password: undefined };
  const url = new URL(value);
  const { username, password } = userinfoOf(url);
  if (username === undefined && password === undefined)
    return { url: value, username: undefined, password: undefined };
  url.username = '';
  url.password = '';
  const from = `the URL (${origin})`;
  return {
    url: url.href,
    username: username === undefined ? undefined : { value: username, origin: from },
    password: password === undefined ? undefined : { origin: from, reveal: () => password },
  };
}

function conflict(message: string, remedy: string): RerankctlError {
  return new RerankctlError('usage', 'RCTL_CREDENTIALS_CONFLICT', message, { remedy });
}

function refuseTwoUsers(inUrl: InUrl, named: Given | undefined, password: SecretSource | undefined): void {
  const { username: other } = inUrl;
  if (named !== undefined && other !== undefined && named.value !== other.value) {
    throw conflict(
      `There are two users: ${named.value} (${named.origin}) and ${other.value} of ${other.origin}.`,
      'Leave one of them out.',
    );
  }
  if (password !== undefined && inUrl.password !== undefined) {
    throw conflict(
      `There are two passwords: one from ${password.origin}, and one in ${inUrl.password.origin}.`,
      'Leave the one in the URL out: URLs end up in logs and histories.',
    );
  }
}

function refuseTwoWays(ways: readonly { readonly way: string; readonly origin: string }[]): void {
  if (ways.length < 2) return;
  const words = ways.map(({ way, origin }) => `${way} (${origin})`);
  throw conflict(
    `There is more than one way to say who we are: ${words.join(', and ')}.`,
    'Only one of them can be sent. Leave the others out, or unset their variables.',
  );
}
