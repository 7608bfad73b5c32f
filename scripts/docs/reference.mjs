import { stringify } from 'yaml';
import { cell, inline, MADE } from './markdown.mjs';

/** docs/reference/: a page for each kind, one for `metadata`, and their index, by file name. */
export function referencePages({ KINDS, fieldHelp }) {
  const pages = new Map(KINDS.map(({ name, summary }) => [`${name}.md`, kindPage(name, summary, fieldHelp)]));
  const rows = KINDS.map(({ name, summary }) => `| [\`${name}\`](${name}.md) | ${cell(summary)} |`);
  pages.set('metadata.md', metadataPage(fieldHelp));
  pages.set('README.md', indexPage(rows));
  return pages;
}

function indexPage(rows) {
  return `${MADE}

# Manifest reference

A manifest is a YAML document with four keys: \`apiVersion: rerankctl/v1\`, \`kind\`, [\`metadata\`](metadata.md) and \`spec\`.
\`spec\` is the body of OpenSearch's own API, with its field names; what rerankctl adds says so.

| kind | |
|---|---|
${rows.join('\n')}

\`rerankctl explain KIND.FIELD\` tells the same on the terminal. The JSON Schema for editors is
[schemas/manifest.schema.json](../../schemas/manifest.schema.json).

## Directives

An object of one key that begins with \`$\` stands for a value, anywhere a value may stand.

| directive | is |
|---|---|
| \`{ $ref: Kind/name }\` | the server's ID or name of that resource; also a dependency |
| \`{ $env: NAME }\` | an environment variable, treated as a secret |
| \`{ $file: path }\` | the text of a file, relative to the manifest |
| \`{ $var: name }\` | a value given with \`--var name=value\` |
| \`{ $join: [a, b] }\` | texts put together |
`;
}

function metadataPage(fieldHelp) {
  const help = fieldHelp('metadata');
  return `${MADE}\n\n# metadata\n\n${help.description}\n\n${sections(help, fieldHelp)}`;
}

function kindPage(name, summary, fieldHelp) {
  const help = fieldHelp(name);
  return `${MADE}\n\n# ${name}\n\n${summary}\n\n${help.description}\n\n${sections(help, fieldHelp)}`;
}

/** The fields of `spec`, and then, each with a heading, those of every field that has some. */
function sections(help, fieldHelp) {
  const parts = [fieldTable(help)];
  const inner = (field) => {
    const full = fieldHelp(field.path);
    if (full.fields.length === 0) return;
    parts.push(`## ${shown(full.path)}\n\n${full.description}\n\n${fieldTable(full)}`);
    for (const each of full.fields) inner(each);
  };
  for (const field of help.fields) inner(field);
  return `${parts.join('\n\n')}\n`;
}

/** A path without the word that the page is about. */
const shown = (path) => path.split('.').slice(1).join('.');
const lastOf = (path) => shown(path).split('.').at(-1) ?? '';

function fieldTable({ fields }) {
  const rows = fields.map((field) => {
    const marks = [
      inOneSpelling(field.type),
      field.required ? '**required**' : '',
      field.secret ? 'a directive alone' : '',
    ];
    const type = marks.filter((mark) => mark !== '').join(', ');
    return `| ${inline(lastOf(field.path))} | ${cell(type)} | ${cell(told(field))} |`;
  });
  return ['| field | value | |', '|---|---|---|', ...rows].join('\n');
}

/** ML Commons takes many words in upper and in lower case: one of both is enough to read. */
function inOneSpelling(type) {
  const seen = new Set();
  return type
    .split(', ')
    .filter((word) => !seen.has(word.toLowerCase()) && seen.add(word.toLowerCase()))
    .join(', ');
}

function told(field) {
  const more = [
    field.refersTo.length === 0 ? '' : `Refers to: ${field.refersTo.join(', ')}.`,
    field.default === undefined ? '' : `Default: ${inline(JSON.stringify(field.default))}.`,
    field.examples.length === 0 ? '' : `Example: ${inline(example(field.examples[0]))}.`,
    field.since === undefined ? '' : `Since OpenSearch ${field.since}.`,
  ];
  return [field.description, ...more].filter((part) => part !== '').join(' ');
}

const example = (value) => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
