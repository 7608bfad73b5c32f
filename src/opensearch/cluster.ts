import type { Listener } from '../core/events.ts';
import type { ClusterIdentity } from '../core/plan.ts';
import type { Capabilities } from './capabilities.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** Path with its variable parts already encoded, e.g. `/_plugins/_ml/models/abc`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** An object is sent as JSON; a string or Buffer as it is (NDJSON, model chunks). */
  readonly body?: object | string | Buffer;
  readonly contentType?: 'application/json' | 'application/x-ndjson';
  /** A status that is an answer and no failure, e.g. 404 where absence is expected. */
  readonly accept?: readonly number[];
  /**
   * May it be sent again after the connection broke before an answer came? Default: GET, HEAD, PUT and DELETE
   * may, POST may not. A refusal by the server that changed nothing (429, 503) is always retried.
   */
  readonly repeatable?: boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Response {
  readonly status: number;
  readonly body: unknown;
}

/** A cluster as the layers above see it: requests in, validated-by-the-caller `unknown` JSON out. */
export interface Cluster {
  readonly url: string;
  /** Throws `ServerError` for an error status, `RerankctlError` (`connection`) when there is no answer. */
  request(request: Request): Promise<Response>;
  /** Read once for each cluster object: version, plugins, settings. */
  capabilities(): Promise<Capabilities>;
  identity(): Promise<ClusterIdentity>;
  close(): Promise<void>;
}

export interface Connection {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** A bearer token, e.g. a JWT. There may be a user, a token or `aws`: one of the three. */
  readonly token?: string | undefined;
  /** Sign each request (Signature Version 4), with the credentials that the chain of the AWS SDK finds. */
  readonly aws?: AwsAccess | undefined;
  /** PEM file of a private CA. */
  readonly caFile?: string | undefined;
  /** PEM files of a client certificate and of its key; both or none. May stand beside a user, a token or `aws`. */
  readonly clientCertFile?: string | undefined;
  readonly clientKeyFile?: string | undefined;
  readonly clientKeyPassphrase?: string | undefined;
  /** URL of an http proxy to go through, perhaps with user and password. No variable of the environment is read. */
  readonly proxy?: string | undefined;
  readonly insecure?: boolean | undefined;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long transient refusals are retried in all, in milliseconds. */
  readonly retryForMs?: number | undefined;
}

/** What a request to Amazon is signed for: `es` is the OpenSearch Service, `aoss` its serverless kind. */
export interface AwsAccess {
  readonly service: 'es' | 'aoss';
  readonly region: string;
}

export type ConnectOptions = {
  readonly listener?: Listener | undefined;
  readonly signal?: AbortSignal | undefined;
};
