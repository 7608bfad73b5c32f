import { createHmac, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isObject, type JsonObject, textAt } from '../../src/core/json.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import type { SecuredNode } from './node.ts';

/** The admin certificate that the demo configuration of the security plugin makes. */
export function adminCertificate({ caFile }: SecuredNode): { clientCertFile: string; clientKeyFile: string } {
  const folder = dirname(caFile);
  return { clientCertFile: join(folder, 'kirk.pem'), clientKeyFile: join(folder, 'kirk-key.pem') };
}

export interface TokenIssuer {
  /** A JWT that the node accepts until `expires`, in seconds since 1970. */
  token(subject: string, roles: readonly string[], expires: number): string;
  /** Takes the auth domain away again. */
  close(): Promise<void>;
}

/**
 * Makes the node accept JWTs of a key of our own, beside what it accepts already. It is done as `securityadmin.sh` does it:
 * the security index is written with the admin certificate, and the nodes are told to read it again. Other users of the
 * node notice nothing.
 */
export async function acceptTokens(node: SecuredNode): Promise<TokenIssuer> {
  const admin = connect({ url: node.url, caFile: node.caFile, ...adminCertificate(node) });
  const key = randomBytes(64);
  const before = await readConfig(admin);
  const config = structuredClone(before);
  const domain = jwtDomain(config);
  domain.http_enabled = true;
  domain.http_authenticator = {
    type: 'jwt',
    challenge: false,
    config: { signing_key: key.toString('base64'), jwt_header: 'Authorization', roles_key: 'roles' },
  };
  await writeConfig(admin, config);
  return {
    token: (subject, roles, expires) => sign({ sub: subject, roles, exp: expires }, key),
    async close() {
      await writeConfig(admin, before);
      await admin.close();
    },
  };
}

const CONFIG = '/.opendistro_security/_doc/config';

async function readConfig(admin: Cluster): Promise<JsonObject> {
  const { body } = await admin.request({ method: 'GET', path: CONFIG });
  return JSON.parse(Buffer.from(textAt(body, '_source', 'config') ?? '', 'base64').toString()) as JsonObject;
}

async function writeConfig(admin: Cluster, config: JsonObject): Promise<void> {
  const text = Buffer.from(JSON.stringify(config)).toString('base64');
  await admin.request({ method: 'PUT', path: CONFIG, query: { refresh: true }, body: { config: text } });
  await admin.request({
    method: 'PUT',
    path: '/_plugins/_security/configupdate',
    query: { config_types: 'config' },
  });
}

function jwtDomain(config: JsonObject): JsonObject {
  const found = ['config', 'dynamic', 'authc', 'jwt_auth_domain'].reduce<unknown>(
    (value, name) => (isObject(value) ? value[name] : undefined),
    config,
  );
  if (!isObject(found)) throw new Error('the security plugin has no jwt_auth_domain');
  return found as JsonObject;
}

function sign(claims: object, key: Buffer): string {
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encoded({ alg: 'HS512', typ: 'JWT' })}.${encoded(claims)}`;
  return `${body}.${createHmac('sha512', key).update(body).digest('base64url')}`;
}
