// Makes dist/THIRD-PARTY.txt: the licences of all packages whose code esbuild has put into dist.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './ready.mjs';

/** @param {readonly string[]} inputs paths of bundled files, relative to the root */
export function writeLicences(inputs) {
  // The compiled validators (scripts/generate.mjs) have a little of ajv in them.
  const folders = new Set([
    'node_modules/ajv',
    ...inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  ]);
  const parts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const files = readdirSync(join(ROOT, folder)).filter((file) =>
      /^(licen[cs]e|notice|copying)/i.test(file),
    );
    const texts = files.sort().map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  writeFileSync(
    join(ROOT, 'dist', 'THIRD-PARTY.txt'),
    `rerankctl contains code of these packages.${rule}${parts.join(rule)}\n`,
  );
}
