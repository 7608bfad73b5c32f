// docs/troubleshooting.md: every code with what it means (src/catalogue) and, where the server says it, with its words
// and what to do (src/opensearch/refusals, refusals.ts of each kind).
import { MADE } from './markdown.mjs';

const HEAD = `${MADE}

# When something goes wrong

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

/** The page. */
export function troubleshootingPage({ CHAPTERS, KINDS, DOCUMENT_REFUSALS, TRANSLATIONS, ...words }) {
  const ofKinds = KINDS.flatMap(({ refusals }) => refusals ?? []);
  const rules = [...new Set([...TRANSLATIONS, ...ofKinds, ...DOCUMENT_REFUSALS])];
  const texts = CHAPTERS.map(([title, codes]) => {
    const sections = Object.entries(codes).map(([code, meaning]) => {
      const own = rules.filter((rule) => rule.code === code);
      return sectionOf(code, meaning, own, words);
    });
    return `## ${title}\n\n${sections.join('\n')}`;
  });
  return `${HEAD}\n${texts.join('\n')}`;
}
