import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dig, listAt, textAt } from '../../src/core/json.ts';

/** What a provider was asked. */
export interface Asked {
  readonly path: string;
  readonly query: string;
  readonly documents: readonly string[];
  /** The key that came with it: of a bearer token, or the access key of a signature. */
  readonly key: string;
  readonly status: number;
}

export interface Provider {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Keys that are let in: bearer tokens, and access keys with the secret that they sign with. */
  readonly keys: Map<string, string | undefined>;
  close(): Promise<void>;
}

/**
 * Stands in for the rerank services that the official tutorials use, on loopback: Cohere (`POST /v1/rerank`, `/v2/rerank`),
 * Bedrock's Rerank (`POST /rerank`) and a model on it (`POST /model/NAME/invoke`), and endpoints of SageMaker (`POST
 * /endpoints/NAME/invocations`: one text pair or many, or TEI's query and texts). It ranks by the words that a document shares with
 * the query, and lets in who has a key.
 */
export async function startProvider(): Promise<Provider> {
  const asked: Asked[] = [];
  const keys = new Map<string, string | undefined>();
  const server = createServer((request, response) => {
    void answer(request, response, keys, asked);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    keys,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  keys: ReadonlyMap<string, string | undefined>,
  asked: Asked[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const path = request.url ?? '';
  const { key, admitted } = admission(request, text, keys);
  const said = admitted
    ? ranked(path, text)
    : { status: 401, body: { message: `invalid api token: ${key}` } };
  const { query = '', documents = [] } = 'question' in said ? said.question : {};
  asked.push({ path, query, documents, key, status: said.status });
  response.writeHead(said.status, { 'content-type': 'application/json' }).end(JSON.stringify(said.body));
}

function admission(
  request: IncomingMessage,
  body: string,
  keys: ReadonlyMap<string, string | undefined>,
): { key: string; admitted: boolean } {
  const authorization = request.headers.authorization ?? '';
  if (!authorization.startsWith('AWS4-HMAC-SHA256')) {
    const key = authorization.replace(/^Bearer /, '');
    return { key, admitted: keys.has(key) };
  }
  const key = /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
  const secret = keys.get(key);
  return { key, admitted: secret !== undefined && isSigned(request, body, secret) };
}

/** Signature version 4 of AWS, as far as these requests use it. */
function isSigned(request: IncomingMessage, body: string, secret: string): boolean {
  const [, scope = '', signedHeaders = '', signature = ''] =
    /Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=(\w+)/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const header = (name: string): string => String(request.headers[name] ?? '').trim();
  // The cluster signs a header `authorization` that is empty then.
  const values = signedHeaders
    .split(';')
    .map((name) => `${name}:${name === 'authorization' ? '' : header(name)}\n`);
  const payload = header('x-amz-content-sha256') || sha256(body);
  const canonical = [
    'POST',
    encodedPath(request.url ?? ''),
    '',
    values.join(''),
    signedHeaders,
    payload,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', header('x-amz-date'), scope, sha256(canonical)].join('\n');
  const hmac = (key: string | Buffer, part: string): Buffer =>
    createHmac('sha256', key).update(part).digest();
  const signing = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(signing, text).toString('hex') === signature;
}

/** The path as it came, encoded once more. */
function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

interface Question {
  readonly query: string;
  readonly documents: readonly string[];
}

type Said = { status: number; body: unknown } | { status: number; body: unknown; question: Question };

function ranked(path: string, text: string): Said {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { status: 400, body: { message: 'the body is no JSON' } };
  }
  if (/^\/v[12]\/rerank$/.test(path) || path.startsWith('/model/')) {
    const question = { query: textAt(body, 'query') ?? '', documents: listAt(body, 'documents').map(String) };
    const limit = Number(dig(body, 'top_n') ?? question.documents.length);
    const results = best(question).map(({ index, score }) => ({ index, relevance_score: score }));
    return { status: 200, body: { id: 'local', results: results.slice(0, limit) }, question };
  }
  if (path === '/rerank') {
    const documents = listAt(body, 'sources').map(
      (source) => textAt(source, 'inlineDocumentSource', 'textDocument', 'text') ?? '',
    );
    const question = { query: textAt(body, 'queries', 0, 'textQuery', 'text') ?? '', documents };
    const results = best(question).map(({ index, score }) => ({ index, relevanceScore: score }));
    return { status: 200, body: { results }, question };
  }
  if (dig(body, 'inputs', 'text') !== undefined) {
    const document = textAt(body, 'inputs', 'text') ?? '';
    const question = { query: textAt(body, 'inputs', 'text_pair') ?? '', documents: [document] };
    return { status: 200, body: { label: 'LABEL_0', score: best(question)[0]?.score }, question };
  }
  const pairs = listAt(body, 'inputs');
  if (pairs.length > 0) {
    const documents = pairs.map((pair) => textAt(pair, 'text_pair') ?? '');
    const question = { query: textAt(pairs, 0, 'text') ?? '', documents };
    const scores = best(question).sort((a, b) => a.index - b.index);
    return { status: 200, body: scores.map(({ score }) => ({ label: 'LABEL_0', score })), question };
  }
  const texts = listAt(body, 'texts').map(String);
  if (texts.length > 0) {
    const question = { query: textAt(body, 'query') ?? '', documents: texts };
    return { status: 200, body: best(question), question };
  }
  return { status: 404, body: { message: `nothing is served at ${path}` } };
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);
}

/** The best first, with few digits and never a whole number: 2.19 takes other scores for no decimals, and fails. */
function best({ query, documents }: Question): { index: number; score: number }[] {
  const asked = wordsOf(query);
  return documents
    .map((document, index) => {
      const shared = [...wordsOf(document)].filter((word) => asked.has(word)).length;
      return { index, score: Number((0.0123 + (0.98 * shared) / Math.max(1, asked.size)).toFixed(4)) };
    })
    .sort((a, b) => b.score - a.score);
}
