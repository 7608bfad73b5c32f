import { createHash, createHmac } from 'node:crypto';
import type { Fault, Seen } from './proxy.ts';

/*
 * Signature Version 4 as Amazon documents it for whoever checks one, written from the documentation and not from the
 * library that rerankctl signs with: it starts from the request as it came over the wire.
 */

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** RFC 3986: everything but the unreserved characters. */
function encoded(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9\-._~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** The path as it was sent, each segment encoded once more (not so for S3). */
function canonicalPath(path: string, service: string): string {
  return service === 's3' ? path : path.split('/').map(encoded).join('/');
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const cut = pair.indexOf('=');
      const [name, value] = cut === -1 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1)];
      // A + is a plus sign to AWS, and no space.
      return `${encoded(decodeURIComponent(name))}=${encoded(decodeURIComponent(value))}`;
    })
    .sort()
    .join('&');
}

export interface Signing {
  readonly key: string;
  readonly secret: string;
  readonly region: string;
  readonly service: string;
}

type Raw = Pick<Seen, 'method' | 'path' | 'query' | 'body'> & {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** Why the signature of this request is wrong; `undefined` when it is right. */
export function wrongWith(request: Raw, wanted: Signing): string | undefined {
  const { headers, body } = request;
  const match = FORM.exec(String(headers.authorization));
  if (match === null) return 'Missing Authentication Token';
  const [, key, day = '', region, service, signedHeaders = '', signature] = match;
  if (key !== wanted.key) return 'The security token included in the request is invalid.';
  if (region !== wanted.region || service !== wanted.service)
    return `Credential should be scoped to a valid region and service: ${wanted.region}/${wanted.service}`;
  const names = signedHeaders.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return 'host and x-amz-date must be signed';
  const bodyHash = headers['x-amz-content-sha256'] ?? sha256(body);
  if (bodyHash !== sha256(body)) return 'x-amz-content-sha256 is not that of the body';
  const canonical = [
    request.method,
    canonicalPath(request.path, wanted.service),
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders,
    bodyHash,
  ].join('\n');
  const date = String(headers['x-amz-date']);
  const scope = `${day}/${wanted.region}/${wanted.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const signing = [day, wanted.region, wanted.service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${wanted.secret}`,
  );
  if (hmac(signing, toSign).toString('hex') === signature) return undefined;
  return `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.\n\nThe Canonical String for this request should have been\n'${canonical}'`;
}

/** What a gate of AWS before a cluster answers to a request that it does not let through. */
export function refusal(message: string): Fault {
  return { do: 'answer', status: 403, body: { message } };
}
