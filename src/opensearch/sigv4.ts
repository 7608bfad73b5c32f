import { createHash } from 'node:crypto';
import { sign } from 'aws4';
import { RerankctlError } from '../core/errors.ts';
import type { AwsAccess } from './cluster.ts';
import type { WireRequest } from './wire.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Signer {
  /** To be awaited before each request. The chain keeps what it has found, and renews what is about to expire. */
  renew(): Promise<void>;
  sign(request: WireRequest, now?: Date): WireRequest;
}

type Provider = () => Promise<AwsCredentials>;

const SDK = '@aws-sdk/credential-providers';

/** Environment, profiles, SSO, web identity, container and instance: whatever the SDK looks through. */
async function chainOf(region: string): Promise<Provider> {
  const sdk = await import('@aws-sdk/credential-providers').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RerankctlError('usage', 'RCTL_AWS_SDK_MISSING', `To sign requests for AWS, ${SDK} is needed.`, {
      remedy: `Install it beside rerankctl: npm install ${SDK} (with -g where rerankctl was installed so).`,
      cause: error,
    });
  });
  return sdk.fromNodeProviderChain({ clientConfig: { region } });
}

function noCredentials(error: unknown): RerankctlError {
  const why = error instanceof Error ? error.message : String(error);
  return new RerankctlError(
    'connection',
    'RCTL_AWS_CREDENTIALS',
    `There are no AWS credentials to sign with: ${why.replace(/\.?\s*$/, '')}.`,
    {
      remedy:
        'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; log in again where a session has expired (`aws sso login`).',
    },
  );
}

/** Signs for the Amazon OpenSearch Service (Signature Version 4). Loads the SDK, which has to be installed. */
export async function openSigner(access: AwsAccess, given?: Provider): Promise<Signer> {
  const provider = given ?? (await chainOf(access.region));
  let credentials: AwsCredentials | undefined;
  return {
    async renew() {
      credentials = await provider().catch((error: unknown) => {
        throw noCredentials(error);
      });
    },
    sign(request, now = new Date()) {
      if (credentials === undefined)
        throw new Error('a request is to be signed before there are credentials');
      return signed(request, access, credentials, now);
    },
  };
}

/**
 * Signs no more than it must: host, type, date and the hash of the body, which serverless collections demand as a header.
 * What a proxy may change on the way (`accept-encoding`, `connection`) stays out of it.
 */
function signed(
  request: WireRequest,
  { service, region }: AwsAccess,
  credentials: AwsCredentials,
  now: Date,
): WireRequest {
  const { method = 'GET', path, body, headers = {} } = request;
  const { host, 'content-type': type } = headers;
  const { path: asSigned, headers: added } = sign(
    {
      service,
      region,
      method,
      path: path ?? '/',
      headers: {
        host,
        ...(type === undefined ? {} : { 'content-type': type }),
        'x-amz-date': now.toISOString().replace(/[:-]|\.\d{3}/g, ''),
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
      },
    },
    {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    },
  );
  // A space in the query is + for the client and %20 for AWS: it goes out as it was signed.
  return { ...request, path: asSigned ?? path ?? '/', headers: { ...headers, ...added } };
}
