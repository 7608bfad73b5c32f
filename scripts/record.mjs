// `npm run record`: runs the commands of the quickstart against a real node and writes what they say into the README,
// between its two markers. The node is OPENSEARCH_URL, or that of the quickstart, and has nothing of the quickstart on it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, ROOT } from './ready.mjs';

const MANIFESTS = 'manifests/quickstart';
/** Columns that a README shows without scrolling. */
const WIDTH = 110;
const BLOCK = /(<!-- session: begin .*-->\n)[\s\S]*?(<!-- session: end -->)/;

/** What a command says on stdout; its progress goes to our stderr. */
function rerankctl(args, env = {}) {
  const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'dist', 'main.js'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) {
    console.error(`rerankctl ${args.join(' ')} ended with ${status}.\n${stdout}`);
    process.exit(status ?? 1);
  }
  return stdout;
}

function cut(line) {
  const shown = [...line];
  return shown.length <= WIDTH
    ? line
    : `${shown
        .slice(0, WIDTH - 1)
        .join('')
        .trimEnd()}…`;
}

install();
build();
const url =
  process.env.OPENSEARCH_URL ??
  JSON.parse(rerankctl(['dev', 'up', '--name', 'quickstart', '--output', 'json'])).url;
const env = { OPENSEARCH_URL: url, NO_COLOR: '1' };
const stack = ['--stack', 'record'];
const planned = JSON.parse(rerankctl(['plan', '-f', MANIFESTS, ...stack, '--output', 'json'], env));
if (Object.entries(planned.summary).some(([action, count]) => action !== 'create' && count > 0)) {
  console.error(`${url} has something of the quickstart already: rerankctl destroy, and once more.`);
  process.exit(1);
}
try {
  const say = (name) => {
    const said = rerankctl([name, '-f', MANIFESTS, ...(name === 'apply' ? [...stack, '--yes'] : [])], env);
    return `$ rerankctl ${name} -f ${MANIFESTS}\n${said.trimEnd().split('\n').map(cut).join('\n')}\n`;
  };
  const applied = say('apply');
  // The first searches after a deployment are slow.
  rerankctl(['verify', '-f', MANIFESTS], env);
  const session = [applied, say('verify')];
  const readme = join(ROOT, 'README.md');
  const block = `\`\`\`console\n${session.join('\n')}\`\`\`\n`;
  const written = readFileSync(readme, 'utf8').replace(BLOCK, (_, begin, end) => begin + block + end);
  writeFileSync(readme, written);
} finally {
  rerankctl(['destroy', '--confirm', 'record', ...stack], env);
}
