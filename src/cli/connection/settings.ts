import type { Diagnostic } from '../../core/diagnostic.ts';
import type { AwsAccess, Connection } from '../../opensearch/cluster.ts';
import { RETRY_FOR_MS } from '../../opensearch/connect.ts';
import { withoutUserinfo } from '../../opensearch/endpoint.ts';
import { REQUEST_TIMEOUT_MS } from '../../opensearch/send.ts';
import type { Invocation } from '../command.ts';
import { usage } from '../flags.ts';
import { credentialsOf } from './credentials.ts';
import { type Given, GivenValues } from './given.ts';
import { type ChosenProfile, chooseProfile } from './profile.ts';
import { proxyOf } from './proxy.ts';
import { readableByOthers } from './secret-sources.ts';

/** One value as it counts in this run, and who said so. Holds no secret. */
export interface ShownSetting {
  readonly name: string;
  /** Absent where nothing was given and there is no default. */
  readonly value?: string;
  readonly origin?: string;
}

/** How this run reaches its cluster. */
export interface ConnectionSettings {
  readonly connection: Connection;
  readonly stack: string;
  readonly profile: string | undefined;
  readonly shown: readonly ShownSetting[];
  readonly warnings: readonly Diagnostic[];
}

const DEFAULT_URL = 'http://127.0.0.1:9200';
const SECRET = '(sensitive)';

/** Flags go before the environment, that before the profile, and that before defaults. Reads files; contacts nobody. */
export async function readSettings(invocation: Invocation): Promise<ConnectionSettings> {
  const { flags, io } = invocation;
  refuseStdinTwice(invocation);
  const profile = await chooseProfile(flags, io);
  const given = new GivenValues(invocation, profile);

  const url = given.of('url', { flag: 'url', env: ['OPENSEARCH_URL'], field: profile.values.url }) ?? {
    value: DEFAULT_URL,
    origin: 'default',
  };
  const aws = awsOf(given, profile);
  const caFile = given.path('ca_file', { flag: 'ca-file', env: ['OPENSEARCH_CA_FILE'] });
  const cert = given.path('client_cert', { flag: 'client-cert', env: ['OPENSEARCH_CLIENT_CERT'] });
  const key = given.path('client_key', { flag: 'client-key', env: ['OPENSEARCH_CLIENT_KEY'] });
  const credentials = await credentialsOf(invocation, profile, {
    url,
    aws: aws?.given,
    hasKey: key !== undefined,
  });
  const { username, password, token, passphrase } = credentials;
  const proxy = proxyOf(given, io.env, credentials.url, profile);
  const insecure = insecureOf(invocation, profile);
  const stack = stackOf(given, profile);
  const timeout = timeoutOf(invocation, profile);
  const retry = retryOf(invocation);

  const connection: Connection = {
    url: credentials.url,
    username: username?.value,
    password: password?.reveal(),
    token: token?.reveal(),
    aws: aws?.access,
    caFile: caFile?.value,
    clientCertFile: cert?.value,
    clientKeyFile: key?.value,
    clientKeyPassphrase: passphrase?.reveal(),
    proxy: proxy.url,
    insecure: insecure !== undefined,
    requestTimeoutMs: timeout.seconds * 1000,
    retryForMs: retry.seconds * 1000,
  };
  const masked = (secret: { origin: string } | undefined): { value: string; origin: string } | undefined =>
    secret === undefined ? undefined : { value: SECRET, origin: secret.origin };
  const shown: ShownSetting[] = [
    { name: 'url', value: withoutUserinfo(credentials.url), origin: url.origin },
    { name: 'username', ...username },
    { name: 'password', ...masked(password) },
    { name: 'token', ...masked(token) },
    { name: 'aws.service', ...aws?.given },
    { name: 'aws.region', ...aws?.region },
    { name: 'ca_file', ...caFile },
    { name: 'client_cert', ...cert },
    { name: 'client_key', ...key },
    { name: 'client_key_passphrase', ...masked(passphrase) },
    { name: 'proxy', ...proxy.shown },
    { name: 'insecure', value: String(insecure !== undefined), origin: insecure ?? 'default' },
    { name: 'stack', ...stack },
    { name: 'request_timeout', value: `${timeout.seconds} s`, origin: timeout.origin },
    { name: 'retry_for', value: `${retry.seconds} s`, origin: retry.origin },
  ];
  const warnings = [
    ...credentials.warnings,
    ...(key === undefined ? [] : await readableByOthers('client key', key.value)),
    ...overridden(url, profile),
    ...unchecked(credentials.url, insecure),
  ];
  return { connection, stack: stack.value, profile: profile.words, shown, warnings };
}

/** Stdin can be read once. */
function refuseStdinTwice({ flags, positionals }: Invocation): void {
  const readers = [
    ...(flags.list('file').includes('-') || positionals.includes('-') ? ['-f -'] : []),
    ...['password-file', 'token-file', 'client-key-passphrase-file'].flatMap((name) =>
      flags.text(name) === '-' ? [`--${name} -`] : [],
    ),
  ];
  if (readers.length < 2) return;
  throw usage(`${readers.join(' and ')} both want stdin.`, 'Give one of them in a file.');
}

function awsOf(
  given: GivenValues,
  { values }: ChosenProfile,
): { access: AwsAccess; given: Given; region: Given } | undefined {
  const service = given.of('aws.service', { flag: 'aws-service', env: [], field: values.aws?.service });
  const region = given.of('aws.region', {
    flag: 'aws-region',
    env: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    field: values.aws?.region,
  });
  if (service === undefined) {
    if (region?.origin === '--aws-region') {
      throw usage(
        '--aws-region says where, and nothing says that requests are to be signed.',
        'Add --aws-service es, or aoss for a serverless collection.',
      );
    }
    return undefined;
  }
  if (region === undefined) {
    throw usage(
      `Requests are to be signed for AWS (${service.origin}), and no region is given.`,
      'Add --aws-region, set AWS_REGION, or write `region` under `aws` in rerankctl.yaml.',
    );
  }
  const access = { service: service.value === 'aoss' ? 'aoss' : 'es', region: region.value } as const;
  return { access, given: service, region };
}

function insecureOf({ flags }: Invocation, profile: ChosenProfile): string | undefined {
  if (flags.on('insecure-skip-tls-verify')) return '--insecure-skip-tls-verify';
  return profile.values.insecure === true ? profile.placeOf('insecure') : undefined;
}

function stackOf(given: GivenValues, { values }: ChosenProfile): Given {
  const stack = given.of('stack', { flag: 'stack', env: [], field: values.stack }) ?? {
    value: 'default',
    origin: 'default',
  };
  if (/^[a-z0-9][a-z0-9._-]{0,99}$/.test(stack.value)) return stack;
  throw usage(
    `--stack ${stack.value} is no name for a stack.`,
    'Use lower-case letters, digits, dot, dash and underscore.',
  );
}

function timeoutOf({ flags }: Invocation, profile: ChosenProfile): { seconds: number; origin: string } {
  const seconds = flags.count('request-timeout');
  if (seconds !== undefined) return { seconds, origin: '--request-timeout' };
  const { request_timeout: own } = profile.values;
  return own === undefined
    ? { seconds: REQUEST_TIMEOUT_MS / 1000, origin: 'default' }
    : { seconds: own, origin: profile.placeOf('request_timeout') };
}

function retryOf({ flags }: Invocation): { seconds: number; origin: string } {
  const seconds = flags.count('retry-for');
  return seconds === undefined
    ? { seconds: RETRY_FOR_MS / 1000, origin: 'default' }
    : { seconds, origin: '--retry-for' };
}

/** A variable that is left over may send what a profile knows to another cluster than the profile's. */
function overridden(url: Given, profile: ChosenProfile): Diagnostic[] {
  const { url: own } = profile.values;
  if (own === undefined || url.origin !== 'OPENSEARCH_URL' || url.value === own) return [];
  return [
    {
      severity: 'warning',
      code: 'RCTL_PROFILE_OVERRIDDEN',
      message: `OPENSEARCH_URL goes before the url of profile ${profile.name} (${profile.placeOf('url')}): this run is not about the cluster of the profile.`,
      remedy: 'Unset OPENSEARCH_URL, unless it is meant.',
    },
  ];
}

function unchecked(url: string, insecure: string | undefined): Diagnostic[] {
  if (insecure === undefined || !/^https:/i.test(url)) return [];
  return [
    {
      severity: 'warning',
      code: 'RCTL_TLS_UNCHECKED',
      message: `The certificate of the cluster is not checked (${insecure}): whoever is on the way may read and change everything, the password too.`,
      remedy: 'Give the CA that signed it with --ca-file.',
    },
  ];
}
