import { randomBytes } from 'node:crypto';
import { textAt } from '../../src/core/json.ts';
import type { Cluster, ConnectOptions } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';

/** The real node without security that the tests run against. */
export function nodeUrl(): string {
  return process.env.RERANKCTL_TEST_URL ?? 'http://127.0.0.1:9200';
}

export interface SecuredNode {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly caFile: string;
}

/**
 * A real node with TLS, users and model access control; `undefined` where none was started. The variable holds
 * JSON: `{"url", "username", "password", "caFile"}`.
 */
export function securedNode(): SecuredNode | undefined {
  const given = process.env.RERANKCTL_TEST_SECURED;
  if (given === undefined || given === '') return undefined;
  const node: unknown = JSON.parse(given);
  const [url, username, password, caFile] = ['url', 'username', 'password', 'caFile'].map((key) =>
    textAt(node, key),
  );
  if (!url || !username || !password || !caFile) {
    throw new Error('RERANKCTL_TEST_SECURED needs url, username, password and caFile');
  }
  return { url, username, password, caFile };
}

/**
 * For a node that is booted for a test or two: the second compiler of the JVM costs it more than it gains. Boots in half the
 * CPU time; under the load of all tests it is slower.
 */
export const SHORT_LIVED: readonly string[] = ['-XX:TieredStopAtLevel=1'];

/** Short deadlines, so that a test of a failure does not wait for it. */
export function connectToNode(url = nodeUrl(), options: ConnectOptions = {}): Cluster {
  return connect({ url, requestTimeoutMs: 20_000, retryForMs: 5_000 }, options);
}

/** Names that no other test, and no earlier run, has. Lower case, so that they also name indices. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}
