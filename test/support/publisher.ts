import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findJavas, machine } from '../../src/dev/java.ts';

const run = promisify(execFile);

export const PUBLISHER_HOST = 'artifacts.opensearch.org';
const MODEL = 'huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2';
const VERSION = '1.0.2';
const ROOT = '/models/ml-models';
const ZIP = fileURLToPath(new URL('../../manifests/quickstart/minilm-l6-scorer.zip', import.meta.url));
const PASSWORD = 'throwaway';

/** What the stand-in does wrong, for the tests of bad days. All false at first. */
export interface Behaviour {
  /** The proxy finds no way to the publisher: every CONNECT ends with 502. */
  readonly unreachable: boolean;
  /** `config.json` promises another hash than the zip has. */
  readonly wrongHash: boolean;
  /** The publisher answers every request with 404. */
  readonly missing: boolean;
}

export interface Publisher {
  /** For the JVM of the node: the way to this proxy, and the trust in its certificate. */
  readonly javaOpts: string[];
  /** The paths that were fetched, in order. */
  readonly requests: string[];
  setBehaviour(behaviour: Partial<Behaviour>): void;
  close(): Promise<void>;
}

/**
 * Stands in for the publisher of pretrained models: an HTTPS proxy on loopback that answers
 * `CONNECT artifacts.opensearch.org:443` itself, with the listing, the config and a zip of the tutorial's model.
 * The zip is the quickstart's, so the scores are that model's.
 */
export async function startPublisher(): Promise<Publisher> {
  const folder = await readableFolder('rerankctl-publisher-');
  const stores = await makeStores(folder);
  const zip = await readFile(ZIP);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let behaviour: Behaviour = { unreachable: false, wrongHash: false, missing: false };

  const publisher = createHttps(
    { pfx: await readFile(stores.key), passphrase: PASSWORD },
    (request, response) => {
      requests.push(request.url ?? '');
      serve(request, response, zip, behaviour);
    },
  );
  const proxy = createProxy((_request, response) => response.writeHead(405).end());
  proxy.on('connect', (request, socket: Socket, head) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    if (request.url !== `${PUBLISHER_HOST}:443` || behaviour.unreachable) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    publisher.emit('connection', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;

  return {
    javaOpts: [
      '-Dhttps.proxyHost=127.0.0.1',
      `-Dhttps.proxyPort=${port}`,
      `-Djavax.net.ssl.trustStore=${stores.trust}`,
      '-Djavax.net.ssl.trustStoreType=PKCS12',
      `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`,
    ],
    requests,
    setBehaviour(change) {
      behaviour = { ...behaviour, ...change };
    },
    async close() {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * JVM options of a node that can resolve no name but its own, wherever it runs: the machine of a test may well
 * have a route to the publisher.
 */
export async function withoutNameResolution(): Promise<{ javaOpts: string[]; close(): Promise<void> }> {
  const folder = await readableFolder('rerankctl-hosts-');
  const hosts = join(folder, 'hosts');
  await writeFile(hosts, `127.0.0.1 localhost ${hostname()}\n`);
  return {
    javaOpts: [`-Djdk.net.hosts.file=${hosts}`],
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function serve(request: IncomingMessage, response: ServerResponse, zip: Buffer, behaviour: Behaviour): void {
  const release = `${ROOT}/${MODEL}/${VERSION}/torch_script`;
  const zipName = `${MODEL.split('/').slice(1).join('_')}-${VERSION}-torch_script.zip`;
  const json = (value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (behaviour.missing) response.writeHead(404).end();
  else if (request.url === `${ROOT}/model_listing/pre_trained_models.json`) {
    json([{ name: MODEL, version: [VERSION], format: ['torch_script'] }]);
  } else if (request.url === `${release}/config.json`) json(modelConfig(zip, behaviour.wrongHash));
  else if (request.url === `${release}/${zipName}`) {
    response.writeHead(200, { 'content-type': 'application/zip', 'content-length': zip.length }).end(zip);
  } else response.writeHead(404).end();
}

function modelConfig(zip: Buffer, wrongHash: boolean): unknown {
  return {
    name: MODEL,
    version: VERSION,
    description: 'A stand-in for the pretrained cross-encoder of the tutorial',
    model_format: 'TORCH_SCRIPT',
    function_name: 'TEXT_SIMILARITY',
    model_content_hash_value: wrongHash ? '0'.repeat(64) : createHash('sha256').update(zip).digest('hex'),
    model_content_size_in_bytes: zip.length,
    model_config: {
      model_type: 'bert',
      embedding_dimension: 1,
      framework_type: 'huggingface_transformers',
      all_config: '{"model_type":"bert"}',
    },
  };
}

/** The node may run as another user than the test: what it reads must be readable to all. */
async function readableFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await chmod(folder, 0o755);
  return folder;
}

/** A key with its self-signed certificate for the server, and a trust store that holds the certificate alone. */
async function makeStores(folder: string): Promise<{ key: string; trust: string }> {
  const key = join(folder, 'publisher.p12');
  const certificate = join(folder, 'publisher.crt');
  const trust = join(folder, 'trust.p12');
  const store = (file: string): string[] => [
    ...['-alias', 'publisher', '-keystore', file, '-storetype', 'PKCS12', '-storepass', PASSWORD],
  ];
  const subject = ['-dname', `CN=${PUBLISHER_HOST}`, '-ext', `san=dns:${PUBLISHER_HOST}`, '-validity', '2'];
  await keytool('-genkeypair', ...store(key), '-keyalg', 'EC', '-groupname', 'secp256r1', ...subject);
  await keytool('-exportcert', ...store(key), '-file', certificate);
  await keytool('-importcert', ...store(trust), '-file', certificate, '-noprompt');
  return { key, trust };
}

/** Every Java has `keytool`; `openssl` may be missing on a fresh machine. */
async function keytool(...args: string[]): Promise<void> {
  const [java] = await findJavas(machine(process.env));
  if (java === undefined) throw new Error('No Java was found to make the certificate of the stand-in with.');
  await run(join(java.home, 'bin', 'keytool'), args);
}
