import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
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

/** A real node with TLS, users and model access control; `undefined` where none was started. */
export function securedNode(): SecuredNode | undefined {
  const file = process.env.RERANKCTL_TEST_SECURED ?? '/tmp/secured-ready';
  if (!existsSync(file)) return undefined;
  const values = new Map(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line): [string, string] => {
        const equals = line.indexOf('=');
        return [line.slice(0, equals), line.slice(equals + 1).trim()];
      }),
  );
  const [url, username, password, caFile] = ['url', 'username', 'password', 'caFile'].map((key) =>
    values.get(key),
  );
  if (!url || !username || !password || !caFile) return undefined;
  return { url, username, password, caFile };
}

/** Short deadlines, so that a test of a failure does not wait for it. */
export function connectToNode(url = nodeUrl(), options: ConnectOptions = {}): Cluster {
  return connect({ url, requestTimeoutMs: 20_000, retryForMs: 5_000 }, options);
}

/** Names that no other test, and no earlier run, has. Lower case, so that they also name indices. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}
