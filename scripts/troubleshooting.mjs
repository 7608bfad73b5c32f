// Makes docs/troubleshooting.md from the catalogue of codes (src/catalogue) and the rules that know the server's words
// (src/opensearch/refusals, src/kinds/*/refusals.ts). A test holds the file against them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PAGE = join(root, 'docs/troubleshooting.md');

const HEAD = `# When something goes wrong

<!-- Made by scripts/troubleshooting.mjs. Do not edit. -->

Every message of rerankctl has a code. Below, each code has what it means and what to do. Where a code stands for
something that the server says, its own words follow, with the versions that say it, so that they can be searched for here.
Names and numbers in them are examples. \`rerankctl explain CODE\` tells the meaning on the command line; \`--debug\` shows
the words of the server, word for word. Codes of lint rules are explained in [lint.md](lint.md).
`;

/** Fills what a caller of a rule would know. */
const KNOWN = {
  request: 'the request',
  shown: 'the cluster',
  user: 'USER',
  username: undefined,
  status: 'STATUS',
  name: 'NAME',
};
const LONGEST = 200;

function quoted({ how, said, versions, unheard }) {
  const words = said.replaceAll(/\s+/g, ' ');
  const shown = words.length > LONGEST ? `${words.slice(0, LONGEST)} …` : words;
  const by = unheard ? `${versions}, by its source` : versions;
  const where = how === 'task' ? 'error of a task' : how.split(' ')[0];
  return shown === '' ? `- status ${where} (${by})` : `- \`\` ${shown} \`\` (${where}; ${by})`;
}

function sectionOf(code, meaning, rules, { wordsOf, sayingOf }) {
  const parts = rules.map((rule) => {
    const [first] = rule.samples;
    const { remedy } = wordsOf(rule, sayingOf(first), KNOWN);
    return `${rule.samples.map(quoted).join('\n')}\n\n  ${remedy}`;
  });
  const words = parts.length === 0 ? '' : `\nThe server says, and what to do:\n\n${parts.join('\n\n')}\n`;
  return `### ${code}\n\n${meaning}\n${words}`;
}

/** The whole page. `chapters`: pairs of a title and its codes. */
export function troubleshooting({ chapters, rules, ...words }) {
  const texts = chapters.map(([title, codes]) => {
    const sections = Object.entries(codes).map(([code, meaning]) => {
      const own = rules.filter((rule) => rule.code === code);
      return sectionOf(code, meaning, own, words);
    });
    return `## ${title}\n\n${sections.join('\n')}`;
  });
  return `${HEAD}\n${texts.join('\n')}`;
}

async function main() {
  const { build } = await import('esbuild');
  const folder = mkdtempSync(join(tmpdir(), 'rerankctl-troubleshooting-'));
  try {
    const outfile = join(folder, 'rules.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['test/support/refusals.ts'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      // Bundled CommonJS packages ask for `require`, which an ES module has not.
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module';const require = makeRequire(import.meta.url);",
      },
      logLevel: 'error',
    });
    const { PAGE_DATA } = await import(pathToFileURL(outfile).href);
    const made = troubleshooting(PAGE_DATA);
    if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== made) writeFileSync(PAGE, made);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
