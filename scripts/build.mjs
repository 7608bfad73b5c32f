import { chmodSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeLicences } from './licences.mjs';
import { ROOT, runOrExit } from './ready.mjs';

runOrExit(process.execPath, [join(ROOT, 'scripts', 'generate.mjs')]);
rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
  absWorkingDir: ROOT,
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  // Commands are loaded when they are called: `--version` must not pay for the OpenSearch client.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Bundled CommonJS packages ask for `require`, which an ES module has not.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  // An optional peer: only a user of AWS installs it.
  external: ['@aws-sdk/credential-providers'],
  logLevel: 'warning',
});
writeLicences(Object.keys(metafile.inputs));
const main = join(ROOT, 'dist', 'main.js');
chmodSync(main, 0o755);
if (!process.argv.includes('--no-types')) {
  runOrExit(process.execPath, [join(ROOT, 'scripts', 'types.mjs')]);
}
const now = new Date();
utimesSync(main, now, now);
