/** `npm run quickstart`: from a fresh clone to reranked results on a real OpenSearch, in one command. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, ROOT } from './ready.mjs';

const NODE = ['--name', 'quickstart'];
const MANIFESTS = 'manifests/quickstart';

function rerankctl(args, { capture = false } = {}) {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js'), ...args], {
    cwd: ROOT,
    stdio: ['inherit', capture ? 'pipe' : 'inherit', 'inherit'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 130, output }));
  });
}

async function step(title, args, options) {
  if (title) console.log(`\n== ${title}\n`);
  const result = await rerankctl(args, options);
  if (result.code !== 0) {
    console.error(`\nrerankctl ${args.join(' ')} ended with ${result.code}.`);
    process.exit(result.code);
  }
  return result.output;
}

// The child gets Ctrl-C from the terminal too, and says what it left: wait for it.
process.on('SIGINT', () => undefined);

install();
build();
console.error('Starting a real OpenSearch (the first time it is put together with Maven: about a minute) …');
const node = JSON.parse(await step('', ['dev', 'up', ...NODE, '--output', 'json'], { capture: true }));
const cluster = ['--url', node.url];
console.log(`OpenSearch ${node.version} with ML Commons: ${node.url}`);
await step(`rerankctl apply -f ${MANIFESTS}`, ['apply', '-f', MANIFESTS, ...cluster, '--yes']);
await step(`rerankctl verify -f ${MANIFESTS}`, ['verify', '-f', MANIFESTS, ...cluster]);
console.log(`
The node keeps running. Try next:
  npx rerankctl plan -f ${MANIFESTS} --url ${node.url}
  npx rerankctl dev down --name quickstart            stops it
  npx rerankctl dev down --name quickstart --purge    and forgets its data`);
