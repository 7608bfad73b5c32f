import { createServer, request } from 'node:http';

/**
 * Passes every request on to the cluster and remembers it as `METHOD /path`, without the query.
 *
 * @param {string} target
 * @returns {Promise<{ url: string, requests: string[], close(): Promise<void> }>}
 */
export async function countingProxy(target) {
  /** @type {string[]} */
  const requests = [];
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    requests.push(`${method} ${url.split('?', 1)[0]}`);
    const passed = request(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return closed.then(() => undefined);
    },
  };
}
