import { looksLikeHtml } from './answer.ts';
import type { Cluster, Connection, ConnectOptions, Request, Response } from './cluster.ts';
import { readCapabilities } from './discover.ts';
import { endpointOf } from './endpoint.ts';
import { answerError } from './failures.ts';
import { readIdentity } from './identity.ts';
import { noAnswerError } from './network.ts';
import { sendWithRetries } from './retry.ts';
import { createSender, NoAnswer } from './send.ts';
import { eitherSignal, interrupted } from './signals.ts';

export const RETRY_FOR_MS = 30_000;

/** A value that is read once, also when it is asked for many times at once; a failure is not remembered. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}

/** Opens nothing yet: the first request does. Throws at once for a URL or credentials that cannot be right. */
export function connect(connection: Connection, options: ConnectOptions = {}): Cluster {
  const endpoint = endpointOf(connection);
  const sender = createSender(endpoint, connection);
  let met = false;
  let closed = false;

  async function request(asked: Request): Promise<Response> {
    const signal = eitherSignal(options.signal, asked.signal);
    if (signal?.aborted) throw interrupted();
    const rules = {
      retryForMs: connection.retryForMs ?? RETRY_FOR_MS,
      listener: options.listener,
      signal,
      // What was still under way when somebody closed the cluster breaks, and is not wanted any more.
      met: () => met && !closed,
    };
    const answer = await sendWithRetries(asked, rules, async () => {
      const got = await sender.send(asked, signal);
      met = true;
      return got;
    }).catch((failure: unknown) => {
      throw failure instanceof NoAnswer ? noAnswerError(asked, failure, endpoint) : failure;
    });
    const expected = answer.status < 300 || asked.accept?.includes(answer.status) === true;
    // A page with status 200 is the login of a portal or another service on this port.
    if (!expected || looksLikeHtml(answer.body)) throw answerError(asked, answer, endpoint);
    return { status: answer.status, body: answer.body };
  }

  const cluster: Cluster = {
    url: endpoint.shown,
    request,
    identity: once(() => readIdentity(cluster)),
    capabilities: once(() => readCapabilities(cluster)),
    close: () => {
      closed = true;
      return sender.close();
    },
  };
  return cluster;
}
