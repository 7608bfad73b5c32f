// Seeding a large NDJSON file: `rerankctl apply` (planning and checking included) against the bare loop of
// bare-bulk.mjs, as whole processes, taking turns.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeNdjson } from './make-ndjson.mjs';

const BARE = fileURLToPath(new URL('bare-bulk.mjs', import.meta.url));
const INDICES = { ours: 'rerankctl-bench-seed-ours', bare: 'rerankctl-bench-seed-bare' };
const INDEX_BODY = {
  settings: { number_of_shards: 1, number_of_replicas: 0 },
  mappings: { properties: { passage_text: { type: 'text' } } },
};

/**
 * `rerankctl` is the command, e.g. `['node', 'dist/main.js']`. Figures are medians over the rounds; `maxRssMb` is
 * the largest. `ratio` is our throughput as a part of the bare one. `ids: 'field'` sends the very IDs that the bare
 * loop sends; `ids: 'content'` lets SeedData make them from the documents, which costs the server more, too.
 */
export async function runSeedBench({ url, bytes, rerankctl, rounds = 3, ids = 'field' }) {
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-bench-'));
  const runs = { ours: [], bare: [] };
  try {
    const made = await makeNdjson(join(folder, 'passages.ndjson'), bytes);
    await writeFile(join(folder, 'seed.yaml'), manifest(ids));
    const probe = join(folder, 'rss.mjs');
    await writeFile(probe, PROBE);
    for (let round = 0; round < rounds; round++) {
      // Each goes first as often as the other.
      for (const who of round % 2 === 0 ? ['bare', 'ours'] : ['ours', 'bare']) {
        await recreate(url, INDICES[who]);
        const command =
          who === 'ours'
            ? [
                ...rerankctl,
                'apply',
                '-f',
                folder,
                '--url',
                url,
                '--stack',
                `bench-${process.pid}-${round}`,
                '--yes',
              ]
            : [process.execPath, BARE, url, INDICES.bare, join(folder, 'passages.ndjson')];
        const run = await measure(command, probe, join(folder, 'rss'));
        await expectDocuments(url, INDICES[who], made.documents);
        runs[who].push({ ...run, mbPerS: made.bytes / 1e6 / run.seconds });
      }
    }
    const ours = middle(runs.ours);
    const bare = middle(runs.bare);
    return {
      bytes: made.bytes,
      documents: made.documents,
      rounds,
      ours,
      bare,
      ratio: round2(ours.mbPerS / bare.mbPerS),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const index of Object.values(INDICES)) await call(url, 'DELETE', `/${index}`);
    for (let round = 0; round < rounds; round++) await forget(url, `bench-${process.pid}-${round}`);
  }
}

function manifest(ids) {
  return `apiVersion: rerankctl/v1
kind: SeedData
metadata: { name: bench-passages }
spec:
  index: ${INDICES.ours}
  files: [passages.ndjson]
${ids === 'field' ? '  id_field: doc_id\n' : ''}`;
}

const PROBE = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.BENCH_RSS_FILE, String(process.resourceUsage().maxRSS)));
`;

async function measure(command, probe, rssFile) {
  const [program, ...args] = command;
  const env = {
    ...process.env,
    BENCH_RSS_FILE: rssFile,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${probe}`.trim(),
  };
  const started = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4000);
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${errors}`);
  return { seconds, maxRssMb: Number(await readFile(rssFile, 'utf8')) / 1024 };
}

function middle(runs) {
  const at = (key) => runs.map((run) => run[key]).sort((a, b) => a - b);
  return {
    seconds: round2(at('seconds')[runs.length >> 1]),
    mbPerS: round2(at('mbPerS')[runs.length >> 1]),
    maxRssMb: Math.round(at('maxRssMb').at(-1)),
  };
}

function round2(value) {
  return Math.round(value * 100) / 100;
}

async function recreate(url, index) {
  await call(url, 'DELETE', `/${index}`);
  const { status, text } = await call(url, 'PUT', `/${index}`, INDEX_BODY);
  if (status !== 200) throw new Error(text);
}

async function expectDocuments(url, index, documents) {
  const { text } = await call(url, 'GET', `/${index}/_count`);
  const { count } = JSON.parse(text);
  if (count !== documents) throw new Error(`${index} holds ${count} of ${documents} documents`);
}

/** The state that our own applies have left: one document for the resource. */
async function forget(url, stack) {
  const id = encodeURIComponent(`${stack}:SeedData/bench-passages`);
  await call(url, 'DELETE', `/.rerankctl-state/_doc/${id}`);
}

function call(url, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = http.request(`${url}${path}`, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
