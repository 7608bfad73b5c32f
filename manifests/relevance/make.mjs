// Makes passages.ndjson.gz, queries.tsv and qrels.txt from the sources of Python's documentation, as the Debian
// package python3.11-doc has them:
//
//   apt-get download python3.11-doc && dpkg-deb -x python3.11-doc_*.deb docs
//   node make.mjs docs/usr/share/doc/python3.11/html/_sources
//
// The same package gives the same files, byte by byte. Nothing is sampled.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const PARTS = ['extending', 'faq', 'howto', 'installing', 'library', 'reference', 'tutorial', 'using'];
const MOST_WORDS = 100;
const FEWEST_WORDS = 8;

const [sources] = process.argv.slice(2);
if (sources === undefined) throw new Error('Usage: node make.mjs SOURCES');

/** @param {string} text reStructuredText of one paragraph or heading */
function plain(text) {
  return text
    .replaceAll(/:(pep|rfc):`(\d+)`/g, (_, kind, number) => `${kind.toUpperCase()} ${number}`)
    .replaceAll(/:[a-z:+-]+:`[!~]?([^`<]*?)(?:\s*<[^`]*>)?`/gi, '$1')
    .replaceAll(/`([^`<]+?)\s*<[^`]*>`__?/g, '$1')
    .replaceAll(/``([^`]*)``/g, '$1')
    .replaceAll(/`([^`]*)`_{0,2}/g, '$1')
    .replaceAll(/\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*/g, (_, bold, italic) => bold ?? italic)
    .replaceAll(/\|([a-z]+)\|/g, '$1')
    .replaceAll(/\\(.)/g, '$1')
    .replaceAll(/::(?=\s|$)/g, ':')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const UNDERLINE = /^([=\-~^*#"+])\1{2,}\s*$/;
/** Prose stands at the margin; what is indented is code, a directive's body or a quotation. */
const NOT_PROSE = /^(\s|\.\. |\.\.$|>>>|\+[-=]|\||:\w[^:`]*:\s|=+ +=)/;

/**
 * @param {string} page
 * @returns {{ heading: string, underline: string, paragraphs: string[] }[]} in the page's order, the page's title first
 */
function sections(page) {
  const found = [];
  for (const block of page.replaceAll('\r', '').split(/\n\s*\n/)) {
    const rows = block.split('\n').filter((row) => row.trim() !== '');
    const underline = rows.findIndex((row, i) => {
      // A heading with a line above it too may be indented.
      const over = UNDERLINE.test(rows[i - 2] ?? '');
      return (
        i > 0 &&
        UNDERLINE.test(row) &&
        !UNDERLINE.test(rows[i - 1] ?? '') &&
        (over || !NOT_PROSE.test(rows[i - 1] ?? ''))
      );
    });
    if (underline > 0) {
      found.push({
        heading: plain(rows[underline - 1] ?? ''),
        underline: rows[underline]?.[0] ?? '',
        paragraphs: [],
      });
      rows.splice(0, underline + 1);
    }
    const [first] = rows;
    if (first === undefined || NOT_PROSE.test(first)) continue;
    // A list's further lines are indented, its items are not.
    const item = /^([*\-#]|\d+\.) /.test(first);
    const prose = rows.filter((row) => (item || !NOT_PROSE.test(row)) && !UNDERLINE.test(row));
    const text = plain(prose.map((row) => row.replace(/^\s*(?:[*-]|#\.) /, '')).join(' '));
    found.at(-1)?.paragraphs.push(text.replaceAll(/(https?:\/\/|www\.)[^\s"')}]+/gi, '(address)'));
  }
  return found;
}

/** @param {string} text */
const words = (text) => text.split(' ').length;

/**
 * @param {string[]} paragraphs
 * @returns {string[]} the same text in pieces of whole paragraphs; one that is too long is cut between sentences
 */
function pieces(paragraphs) {
  /** @type {string[]} */
  const made = [];
  let open = '';
  for (const paragraph of paragraphs) {
    const parts = words(paragraph) > MOST_WORDS ? paragraph.split(/(?<=[.?!]) (?=[A-Z])/) : [paragraph];
    for (const part of parts) {
      if (open !== '' && words(open) + words(part) > MOST_WORDS) {
        made.push(open);
        open = '';
      }
      open = open === '' ? part : `${open} ${part}`;
    }
  }
  return [...made, open].filter((text) => words(text) >= FEWEST_WORDS);
}

/** @param {string} text */
const slug = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

const passages = [];
const queries = [];
const judgments = [];
for (const part of PARTS) {
  for (const name of readdirSync(join(sources, part))
    .filter((each) => each.endsWith('.rst.txt'))
    .sort()) {
    const page = `${part}-${slug(name.replace('.rst.txt', ''))}`;
    const found = sections(readFileSync(join(sources, part, name), 'utf8'));
    found.forEach(({ heading, underline, paragraphs }, i) => {
      const texts = pieces(paragraphs);
      const ids = texts.map((_, j) => `${page}-${i}-${j + 1}`);
      // The question itself is not in the passage: to find it there would be no test.
      texts.forEach((passage, j) => {
        passages.push({ id: ids[j], title: found[0]?.heading, passage });
      });
      // In these pages a hyphen underlines the questions and nothing else.
      if (part !== 'faq' || underline !== '-' || ids.length === 0) return;
      const query = `q${String(queries.length + 1).padStart(3, '0')}`;
      queries.push(`${query}\t${heading}\t${slug(name.replace('.rst.txt', ''))}\n`);
      judgments.push(...ids.map((id) => `${query} 0 ${id} 1\n`));
    });
  }
}

const here = (/** @type {string} */ name) => join(import.meta.dirname, name);
const lines = passages.map((each) => `${JSON.stringify(each)}\n`).join('');
writeFileSync(here('passages.ndjson.gz'), gzipSync(lines, { level: 9 }));
writeFileSync(here('queries.tsv'), `id\tquery_text\tlabel.page\n${queries.join('')}`);
writeFileSync(here('qrels.txt'), judgments.join(''));
process.stdout.write(
  `${passages.length} passages, ${queries.length} questions, ${judgments.length} judgments\n`,
);
