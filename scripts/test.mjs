/** `npm test`: installs, builds, checks, and runs every test; closes with `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, ROOT } from './ready.mjs';

install();
build();

const failed = [];
function run(name, args) {
  console.log(`\n== ${name}`);
  const result = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (result.status !== 0) failed.push(name);
  return result;
}

const filters = process.argv.slice(2);
if (filters.length === 0) {
  const bin = (path) => join(ROOT, 'node_modules', path);
  run('format and lint', [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']);
  run('types', [bin('typescript/bin/tsc'), '--noEmit']);
}

const folder = mkdtempSync(join(tmpdir(), 'rerankctl-tests-'));
const report = join(folder, 'report.json');
run('tests', [
  join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...filters,
]);

let passed = 0;
let broken = 0;
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  passed = numPassedTests;
  // A file that cannot even be loaded has no tests in it, and has failed all the same.
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  broken = numFailedTests + unloaded.length;
} catch {
  broken = 1;
}
rmSync(folder, { recursive: true, force: true });
const checks = failed.filter((name) => name !== 'tests').length;
const total = broken + checks + (failed.includes('tests') && broken === 0 ? 1 : 0);
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
console.log(`\n${passed} passed, ${total} failed`);
process.exitCode = total === 0 ? 0 : 1;
