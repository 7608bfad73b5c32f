// Makes dist/types: the declarations that src/index.ts reaches, and no others. They import no package, because an
// installed rerankctl has none beside it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT, runOrExit } from './ready.mjs';

const TYPES = join(ROOT, 'dist', 'types');
const SPECIFIER = /((?:from|import)\s*\(?\s*['"])([^'"]+)(['"])/g;

rmSync(TYPES, { recursive: true, force: true });
runOrExit(process.execPath, [
  join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
  '-p',
  'tsconfig.types.json',
]);

/** @type {Map<string, string>} path below dist/types/src, and its text */
const reached = new Map();
/** @param {string} path */
function reach(path) {
  if (reached.has(path)) return;
  const text = readFileSync(path, 'utf8');
  reached.set(path, text);
  for (const [, , specifier = ''] of text.matchAll(SPECIFIER)) {
    if (!specifier.startsWith('.')) {
      console.error(`${relative(ROOT, path)} imports ${specifier}, which nobody who installs rerankctl has.`);
      process.exit(1);
    }
    reach(join(dirname(path), specifier.replace(/\.[jt]s$/, '.d.ts')));
  }
}
const from = join(TYPES, 'src');
reach(join(from, 'index.d.ts'));

rmSync(TYPES, { recursive: true });
for (const [path, text] of reached) {
  const to = join(TYPES, relative(from, path));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(
    to,
    text.replace(
      SPECIFIER,
      (_, before, specifier, after) => before + specifier.replace(/\.ts$/, '.js') + after,
    ),
  );
}
