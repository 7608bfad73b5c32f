// Makes src/generated/page.ts: the script and the style of the HTML report, each as one text. Writes nothing when
// nothing has changed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'src/generated/page.ts');

const { outputFiles } = await build({
  absWorkingDir: join(root, 'src/cli/render/page'),
  entryPoints: { script: 'client/main.ts', style: 'style/page.css' },
  outdir: '.',
  bundle: true,
  format: 'iife',
  // The first browsers that can unpack: Chromium 103, Firefox 113, Safari 16.4.
  target: ['chrome103', 'firefox113', 'safari16.4'],
  minify: true,
  // Pure ASCII, so that the page cannot be read in the wrong encoding.
  charset: 'ascii',
  write: false,
  logLevel: 'error',
});

const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
const made = `// Made by scripts/page.mjs from src/cli/render/page/. Do not edit.
export const SCRIPT: string = ${JSON.stringify(textOf('.js'))};
export const STYLE: string = ${JSON.stringify(textOf('.css'))};
`;
if (!existsSync(out) || readFileSync(out, 'utf8') !== made) {
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, made);
}
