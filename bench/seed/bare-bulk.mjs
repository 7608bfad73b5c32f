// The bare loop that seeding is measured against: NDJSON lines into _bulk, an explicit _id each (D and the line number, the doc_id of make-ndjson.mjs),
// keep-alive, several requests in flight, one refresh. It checks no document and does not retry.
// node bench/seed/bare-bulk.mjs <url> <index> <file> [request bytes] [requests in flight]
import { createReadStream } from 'node:fs';
import http from 'node:http';
import { createInterface } from 'node:readline';

const [url = '', index = '', file = '', requestBytes = String(2 * 1024 * 1024), inFlight = '4'] =
  process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(inFlight) });

function post(path, body, type) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': body.length };
    const request = http.request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode !== 200) reject(new Error(text.slice(0, 500)));
        else resolve(JSON.parse(text));
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function send(body) {
  const answer = await post(`/${index}/_bulk`, body, 'application/x-ndjson');
  if (answer.errors) throw new Error('a document was refused');
}

const flying = new Set();
async function launch(parts) {
  while (flying.size >= Number(inFlight)) await Promise.race(flying);
  const flight = send(Buffer.from(parts.join(''))).finally(() => flying.delete(flight));
  flying.add(flight);
}

let parts = [];
let size = 0;
let line = 0;
for await (const text of createInterface({ input: createReadStream(file, { highWaterMark: 1024 * 1024 }) })) {
  line++;
  const part = `{"index":{"_id":"D${line}"}}\n${text}\n`;
  if (size + part.length > Number(requestBytes)) {
    await launch(parts);
    parts = [];
    size = 0;
  }
  parts.push(part);
  size += part.length;
}
if (parts.length > 0) await launch(parts);
await Promise.all(flying);
await post(`/${index}/_refresh`, Buffer.alloc(0), 'application/json');
agent.destroy();
