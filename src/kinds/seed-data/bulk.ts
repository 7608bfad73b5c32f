import { setTimeout as sleep } from 'node:timers/promises';
import { RerankctlError } from '../../core/errors.ts';
import { isObject, listAt, numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Place } from './documents.ts';

export interface Operation {
  readonly id: string;
  /** Copied at once. Absent: the document is deleted. */
  readonly source?: Buffer;
  readonly place?: Place | undefined;
}

export interface Refusal {
  readonly operation: Omit<Operation, 'source'>;
  readonly reason: string;
  /** What was refused, valid during the call. */
  readonly source: Buffer;
}

export interface BulkOptions {
  readonly cluster: Cluster;
  readonly index: string;
  readonly signal: AbortSignal;
  /** Size of a request, unless one document alone is larger. */
  readonly requestBytes?: number | undefined;
  /** Requests in flight. */
  readonly concurrency?: number | undefined;
  /** How long an overloaded server may refuse the same documents. */
  readonly retryForMs?: number | undefined;
  readonly refused: (refusal: Refusal) => void;
  readonly written: (operations: number, bytes: number) => void;
  readonly waiting: (operations: number, delayMs: number) => void;
}

const REQUEST_BYTES = 2 * 1024 * 1024;
const CONCURRENCY = 4;
const RETRY_FOR_MS = 120_000;

interface Item extends Omit<Operation, 'source'> {
  readonly start: number;
  /** Where the document itself begins, behind its action line. */
  readonly middle: number;
  readonly end: number;
}

interface Batch {
  buffer: Buffer;
  length: number;
  items: Item[];
}

/**
 * Collects operations into requests of `_bulk` and keeps some of them in flight. The buffers are used again, so
 * that memory does not grow with what is sent.
 */
export class BulkSender {
  readonly #options: BulkOptions;
  readonly #requestBytes: number;
  readonly #spare: Buffer[] = [];
  readonly #flying = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #failure: { error: unknown } | undefined;
  #batch: Batch;

  constructor(options: BulkOptions) {
    this.#options = options;
    this.#requestBytes = options.requestBytes ?? REQUEST_BYTES;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#batch = this.#newBatch();
  }

  /** A promise when the caller has to wait: there is enough in flight. */
  add({ id, source, place }: Operation): Promise<void> | undefined {
    const action = `{"${source === undefined ? 'delete' : 'index'}":{"_id":${JSON.stringify(id)}}}\n`;
    const needed = Buffer.byteLength(action) + (source === undefined ? 0 : source.length + 1);
    if (this.#batch.length > 0 && this.#batch.length + needed > this.#requestBytes) {
      const full = this.#flush();
      return full.then(() => this.#write(action, needed, id, source, place));
    }
    this.#write(action, needed, id, source, place);
    return undefined;
  }

  #write(
    action: string,
    needed: number,
    id: string,
    source: Buffer | undefined,
    place: Place | undefined,
  ): void {
    const batch = this.#batch;
    if (batch.length + needed > batch.buffer.length) batch.buffer = Buffer.allocUnsafeSlow(needed);
    const start = batch.length;
    const middle = start + batch.buffer.write(action, start);
    if (source !== undefined) {
      source.copy(batch.buffer, middle);
      batch.buffer[start + needed - 1] = 0x0a;
    }
    batch.length = start + needed;
    batch.items.push({ id, place, start, middle, end: batch.length });
  }

  /** Sends the rest and waits for all. Throws the first failure; documents that were refused are none. */
  async finish(): Promise<void> {
    if (this.#batch.items.length > 0) await this.#flush();
    await Promise.all(this.#flying);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends what is in flight, after a failure elsewhere. */
  async abandon(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#flying);
  }

  #newBatch(): Batch {
    return { buffer: this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#requestBytes), length: 0, items: [] };
  }

  async #flush(): Promise<void> {
    while (this.#flying.size >= (this.#options.concurrency ?? CONCURRENCY)) await Promise.race(this.#flying);
    if (this.#failure !== undefined) throw this.#failure.error;
    const batch = this.#batch;
    this.#batch = this.#newBatch();
    const flight = this.#send(batch)
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#stop.abort();
      })
      .finally(() => {
        this.#flying.delete(flight);
        if (batch.buffer.length === this.#requestBytes) this.#spare.push(batch.buffer);
      });
    this.#flying.add(flight);
  }

  async #send(batch: Batch): Promise<void> {
    let items: readonly Item[] = batch.items;
    let body = batch.buffer.subarray(0, batch.length);
    let deadline = Number.POSITIVE_INFINITY;
    for (let attempt = 0; ; attempt++) {
      const again = this.#sort(batch, items, await this.#request(body));
      if (again.length === 0) return;
      const now = performance.now();
      if (again.length < items.length || attempt === 0) {
        deadline = now + (this.#options.retryForMs ?? RETRY_FOR_MS);
      }
      const delayMs = Math.min(100 * 2 ** attempt, 5000) * (0.75 + Math.random() / 2);
      if (now + delayMs > deadline) throw overloaded(again.length);
      this.#options.waiting(again.length, delayMs);
      await this.#sleep(delayMs);
      items = again;
      body = Buffer.concat(again.map(({ start, end }) => batch.buffer.subarray(start, end)));
    }
  }

  async #sleep(delayMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.#signal }).catch((cause: unknown) => {
      throw new RerankctlError('interrupted', 'RCTL_INTERRUPTED', 'seeding was interrupted', { cause });
    });
  }

  async #request(body: Buffer): Promise<unknown> {
    const response = await this.#options.cluster.request({
      method: 'POST',
      path: `/${encodeURIComponent(this.#options.index)}/_bulk`,
      query: { filter_path: 'errors,items.*.status,items.*.error' },
      body,
      contentType: 'application/x-ndjson',
      repeatable: true,
      signal: this.#signal,
    });
    return response.body;
  }

  /** Tells what was written from what was refused, and returns what has to be sent again. */
  #sort(batch: Batch, items: readonly Item[], body: unknown): Item[] {
    const answers = listAt(body, 'items');
    if (answers.length !== items.length) {
      throw new RerankctlError(
        'server',
        'RCTL_SEED_ANSWER',
        `_bulk answered for ${answers.length} of ${items.length} documents`,
      );
    }
    const again: Item[] = [];
    let written = 0;
    let bytes = 0;
    for (const [i, item] of items.entries()) {
      const answer: unknown = answers[i];
      const result = isObject(answer) ? (answer.index ?? answer.delete) : undefined;
      const status = numberAt(result, 'status') ?? 0;
      const gone = status === 404 && isObject(answer) && 'delete' in answer;
      if ((status >= 200 && status < 300) || gone) {
        written++;
        bytes += item.end - item.middle;
      } else if (status === 429 || status === 503) again.push(item);
      else {
        const source = batch.buffer.subarray(item.middle, Math.max(item.middle, item.end - 1));
        this.#options.refused({ operation: item, reason: reasonOf(result, status), source });
      }
    }
    if (written > 0) this.#options.written(written, bytes);
    return again;
  }
}

function reasonOf(result: unknown, status: number): string {
  const parts: string[] = [];
  let error: unknown = isObject(result) ? result.error : undefined;
  for (; isObject(error) && parts.length < 5; error = error.caused_by) {
    const part = `${textAt(error, 'type') ?? 'error'}: ${textAt(error, 'reason') ?? ''}`;
    if (!parts.includes(part)) parts.push(part);
  }
  return parts.length === 0 ? `status ${status}` : parts.join('; caused by ');
}

function overloaded(documents: number): RerankctlError {
  return new RerankctlError(
    'server',
    'RCTL_SEED_OVERLOADED',
    `the cluster kept refusing ${documents} documents because it is overloaded (429)`,
    {
      remedy:
        'Apply again when the cluster has less to do: what was written stays, and is not written twice.',
    },
  );
}
