import { readFile } from 'node:fs/promises';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { Credentials } from './types.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One GET to a local node. The OpenSearch client is not used: loading it takes longer than this command should,
 * and a node that does not answer yet is the ordinary case here.
 */
export async function get(
  url: string,
  credentials: Credentials | undefined,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Answer> {
  const ca = credentials === undefined ? undefined : await readFile(credentials.caFile);
  const timeout = AbortSignal.timeout(timeoutMs);
  const send = url.startsWith('https:') ? secure : plain;
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        agent: false,
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        ...(ca === undefined ? {} : { ca }),
        ...(credentials === undefined ? {} : { auth: `${credentials.username}:${credentials.password}` }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    request.on('error', reject);
    request.end();
  });
}
