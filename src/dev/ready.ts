import { setTimeout as sleep } from 'node:timers/promises';
import { DevError, throwIfInterrupted } from './errors.ts';
import { type Answer, get } from './http.ts';
import { lastWords } from './logs.ts';
import { isRunning } from './process.ts';
import { logFile, type NodeRecord } from './records.ts';
import { inStep, type Report } from './steps.ts';
import type { DevIo, DevStep } from './types.ts';

const pollMs = 200;
const requestMs = 5000;
const patienceMs = 5 * 60_000;

export function nodeUrl(record: NodeRecord): string {
  const port = record.members[0]?.port ?? 0;
  return `${record.security ? 'https' : 'http'}://127.0.0.1:${port}`;
}

/** Waits until the node answers, the cluster is whole, and ML Commons (where installed) takes requests. */
export async function waitUntilReady(record: NodeRecord, io: DevIo): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const url = nodeUrl(record);
  const nodes = record.members.length;
  const wait = (step: DevStep, detail: string, path: string, isDone: (answer: Answer) => boolean) =>
    inStep(io, step, detail, (report) => poll(record, `${url}${path}`, isDone, { io, deadline, report }));

  await wait('wait-for-http', url, '/', ({ status }) => status === 200);
  await wait(
    'wait-for-cluster',
    nodes === 1 ? 'cluster health' : `${nodes} nodes`,
    `/_cluster/health?wait_for_status=yellow&wait_for_nodes=${nodes}&timeout=2s`,
    ({ status, body }) => status === 200 && body.includes('"timed_out":false'),
  );
  if (record.without.includes('opensearch-ml')) return;
  await wait('wait-for-ml', 'ML Commons', '/_plugins/_ml/stats', ({ status }) => status === 200);
}

async function poll(
  record: NodeRecord,
  url: string,
  isDone: (answer: Answer) => boolean,
  { io, deadline, report }: { io: DevIo; deadline: number; report: Report },
): Promise<void> {
  for (;;) {
    throwIfInterrupted(io.signal);
    const answer = await get(url, record.credentials, requestMs, io.signal).catch(() => undefined);
    if (answer !== undefined && isDone(answer)) return;
    if (answer !== undefined) report(`${url} answers ${answer.status}`);
    await assertAlive(record);
    if (Date.now() > deadline) throw await tooSlow(record);
    await sleep(pollMs);
  }
}

async function assertAlive(record: NodeRecord): Promise<void> {
  for (const member of record.members) {
    if (await isRunning(member)) continue;
    const file = logFile(member);
    const words = await lastWords(file);
    throw new DevError(
      'DEV_NODE_DIED',
      `OpenSearch ended while it started. Its last words:\n${words.map((line) => `  ${line}`).join('\n')}`,
      `The whole log: ${file}`,
      { failure: 'server' },
    );
  }
}

async function tooSlow(record: NodeRecord): Promise<DevError> {
  const first = record.members[0];
  const file = first === undefined ? '' : logFile(first);
  const words = await lastWords(file);
  return new DevError(
    'DEV_NODE_SLOW',
    `OpenSearch runs and was not usable after ${patienceMs / 60_000} minutes:\n${words.join('\n')}`,
    `Read its log (${file}); a machine short of memory is the usual cause: try a smaller --heap.`,
    { failure: 'server' },
  );
}
