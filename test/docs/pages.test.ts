import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadManifests } from '../../src/manifest/load.ts';
import { ROOT } from '../support/scratch.ts';
import { PAGES } from './page.ts';

/** What one block alone cannot have: other resources, files, values. */
const BESIDE = [
  'RCTL_REF_UNKNOWN',
  'RCTL_ENV_MISSING',
  'RCTL_VAR_MISSING',
  'RCTL_FILE_NOT_FOUND',
  'RCTL_FILE_MISSING',
];

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Without blocks of code: they hold no links and no headings. */
const proseOf = (path: string): string => textOf(path).replace(/^\s*```[\s\S]*?^\s*```/gm, '');

function brokenLinks(path: string): string[] {
  return [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^(https?|mailto):/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : normalize(join(dirname(path), file)).replaceAll('\\', '/');
    if (!existsSync(join(ROOT, target))) return [`${path}: ${link}`];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    const anchors = [...proseOf(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
    return anchors.includes(anchor) ? [] : [`${path}: ${link}`];
  });
}

describe('the documentation', () => {
  it('has no broken link', () => {
    expect(PAGES.flatMap(({ path }) => brokenLinks(path))).toEqual([]);
  });

  it('has an index that names every page', () => {
    const index = textOf('docs/README.md');
    const pages = readdirSync(join(ROOT, 'docs')).filter(
      (name) => name.endsWith('.md') && name !== 'README.md',
    );
    expect(pages.filter((name) => !index.includes(`](${name})`))).toEqual([]);
  });

  it('is what the code tells where it is made from the code: npm run docs', async () => {
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/docs.mjs'), '--check']);
  });

  it('shows no manifest that validate would refuse', async () => {
    const blocks = PAGES.flatMap(({ path, steps }) =>
      steps.flatMap((step) => (step.type === 'manifest' ? { path, ...step } : [])),
    ).filter(({ text }) => /^apiVersion: rerankctl/m.test(text));
    expect(blocks.length).toBeGreaterThan(2);
    const wrong = await Promise.all(
      blocks.map(async ({ path, line, text }) => {
        const options = { cwd: ROOT, env: {}, vars: {}, stdin: async () => text };
        const { diagnostics } = await loadManifests(['-'], options);
        return diagnostics
          .filter(({ code }) => !BESIDE.includes(code))
          .map(({ message, location }) => `${path}:${line + (location?.line ?? 1) - 1} ${message}`);
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });
});
