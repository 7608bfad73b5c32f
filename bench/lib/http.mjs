import { Agent, request } from 'node:http';

/**
 * A bare client: one keep-alive agent, JSON or bytes in, JSON out.
 *
 * @param {string} url
 */
export function bareClient(url) {
  const agent = new Agent({ keepAlive: true });
  return {
    /**
     * @param {string} method
     * @param {string} path
     * @param {unknown} [body] an object, or text or bytes to be sent as they are
     * @param {{ contentType?: string, accept?: number[] }} [options] `accept`: error statuses that are answers
     * @returns {Promise<any>}
     */
    call(method, path, body, { contentType = 'application/json', accept = [] } = {}) {
      const payload =
        body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const headers =
        payload === undefined
          ? {}
          : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) };
      return new Promise((resolve, reject) => {
        const sent = request(new URL(path, url), { method, agent, headers }, (response) => {
          /** @type {Buffer[]} */
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const status = response.statusCode ?? 0;
            if (status >= 400 && !accept.includes(status)) {
              reject(new Error(`${method} ${path}: ${status} ${text}`));
            } else resolve(text === '' ? undefined : JSON.parse(text));
          });
        });
        sent.on('error', reject);
        sent.end(payload);
      });
    },
    close() {
      agent.destroy();
    },
  };
}

/** @typedef {ReturnType<typeof bareClient>} BareClient */

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
