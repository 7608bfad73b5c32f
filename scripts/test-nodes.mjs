// `npm run test:nodes [22 24 …]`: packs rerankctl, installs the package into an empty folder, and uses it under other
// versions of Node, which come from npm as well (each some 100 MB). No part of `npm test`, because of that. The cluster is
// OPENSEARCH_URL, or a node that is booted for it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, ROOT } from './ready.mjs';

const MAIN = join(ROOT, 'dist', 'main.js');
const NODE = ['--name', 'node-versions'];
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24'];

install();
build();
const folder = mkdtempSync(join(tmpdir(), 'rerankctl-nodes-'));
const npm = (...args) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
const dev = (...args) =>
  execFileSync(process.execPath, [MAIN, 'dev', ...args, ...NODE], { encoding: 'utf8' });

/** All names get this ending: the cluster may be anybody's. */
const ending = `-nodes-${process.pid}`;
const given = process.env.OPENSEARCH_URL;
let failed = 0;
try {
  const url = given ?? JSON.parse(dev('up', '--output', 'json')).url;
  const [{ filename }] = JSON.parse(npm('pack', ROOT, '--json', '--ignore-scripts'));
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const nodes = versions.map((version) => `node${version}@npm:node-${platform}-${process.arch}@${version}`);
  npm('install', join(folder, filename), ...nodes);
  const tutorial = readFileSync(join(ROOT, 'manifests/by-field-tutorial/tutorial.yaml'), 'utf8');
  writeFileSync(
    join(folder, 'manifest.yaml'),
    tutorial.replace(/book-index|rerank_byfield_pipeline|\bbooks(?= \}|$)/gm, (name) => name + ending),
  );
  for (const version of versions) run(version, url);
} finally {
  rmSync(folder, { recursive: true, force: true });
  if (given === undefined) dev('down', '--purge');
}
console.log(failed === 0 ? 'All of it works.' : `${failed} failed.`);
process.exitCode = failed === 0 ? 0 : 1;

function run(version, url) {
  const bin = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const node = join(folder, 'node_modules', `node${version}`, bin);
  const main = join(folder, 'node_modules', 'rerankctl', 'dist', 'main.js');
  const stack = ['--stack', `nodes${ending}`];
  const manifest = ['-f', 'manifest.yaml'];
  const commands = [
    ['--version'],
    ['explain', 'Model.file'],
    ['validate', ...manifest],
    ['graph', ...manifest],
    ['plan', ...manifest, ...stack],
    ['apply', ...manifest, ...stack, '--yes'],
    ['plan', ...manifest, ...stack, '--detailed-exitcode'],
    ['verify', ...manifest, '--report', 'html=report.html', '--report', 'junit=report.xml'],
    ['drift', ...manifest, ...stack],
    ['destroy', ...stack, '--confirm', `nodes${ending}`],
  ];
  const { stdout: told } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  for (const args of commands) {
    const env = { ...process.env, OPENSEARCH_URL: url };
    const { status, stdout, stderr } = spawnSync(node, [main, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    // Warnings of Node itself, such as of deprecated calls, would be shown to everybody.
    const warned = /\(node:\d+\)/.test(stderr);
    const fine = status === 0 && !warned;
    if (!fine) failed++;
    console.log(`${fine ? '✓' : '✗'} Node ${told.trim()}: rerankctl ${args[0]}`);
    if (!fine) console.log(`exit ${status}\n${stdout}${stderr}`);
  }
}
