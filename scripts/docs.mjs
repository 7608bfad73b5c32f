// Makes the pages that are told by the code: docs/reference/ from the schemas, docs/commands.md from the table of
// commands, docs/troubleshooting.md from the codes and what the server says. --check writes nothing, and ends with 1
// where a page is not what it would make.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { commandsPage } from './docs/commands.mjs';
import { referencePages } from './docs/reference.mjs';
import { troubleshootingPage } from './docs/troubleshooting.mjs';
import { ROOT } from './ready.mjs';

const REFERENCE = 'docs/reference';

const code = await load(`
  export { COMMANDS } from './src/cli/command-table.ts';
  export { EXIT_MEANINGS } from './src/cli/exit.ts';
  export { KINDS } from './src/kinds/registry.ts';
  export { fieldHelp } from './src/manifest/fields.ts';
  export { CHAPTERS } from './src/catalogue/codes.ts';
  export { DOCUMENT_REFUSALS } from './src/kinds/seed-data/refusals.ts';
  export { TRANSLATIONS } from './src/opensearch/translations.ts';
  export { sayingOf, wordsOf } from './src/opensearch/refusals/rule.ts';
`);
/** @type {Map<string, string>} */
const pages = new Map([
  ['docs/commands.md', commandsPage(code)],
  ['docs/troubleshooting.md', troubleshootingPage(code)],
  ...[...referencePages(code)].map(([name, text]) => [`${REFERENCE}/${name}`, text]),
]);
const there = existsSync(join(ROOT, REFERENCE)) ? readdirSync(join(ROOT, REFERENCE)) : [];
const gone = there.map((name) => `${REFERENCE}/${name}`).filter((path) => !pages.has(path));
const stale = [...pages].filter(([path, text]) => !existsSync(join(ROOT, path)) || read(path) !== text);

if (process.argv.includes('--check')) {
  const wrong = [...stale.map(([path]) => path), ...gone];
  for (const path of wrong) console.error(`${path} is not what the code tells: npm run docs`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  for (const path of gone) rmSync(join(ROOT, path));
}

/** @param {string} path */
function read(path) {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What a piece of TypeScript exports. Node 20 reads no TypeScript by itself. */
async function load(contents) {
  const folder = mkdtempSync(join(tmpdir(), 'rerankctl-docs-'));
  try {
    const outfile = join(folder, 'code.mjs');
    await build({
      absWorkingDir: ROOT,
      stdin: { contents, resolveDir: ROOT, loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
      },
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
