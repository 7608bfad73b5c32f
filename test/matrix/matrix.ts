import type { Cell, Ground, KindMatrix } from './cell.ts';
import { CONNECTOR, FILE_MODEL, MODEL_GROUP, REMOTE_MODEL } from './models.ts';
import {
  ALIAS,
  CLUSTER_SETTINGS,
  INDEX,
  INDEX_TEMPLATE,
  INGEST_PIPELINE,
  SEARCH_PIPELINE,
  SEED_DATA,
} from './objects.ts';

/** In the order in which people meet the kinds. */
export const MATRIX: readonly KindMatrix[] = [
  CLUSTER_SETTINGS,
  MODEL_GROUP,
  CONNECTOR,
  FILE_MODEL,
  REMOTE_MODEL,
  INDEX,
  INDEX_TEMPLATE,
  ALIAS,
  SEED_DATA,
  INGEST_PIPELINE,
  SEARCH_PIPELINE,
];

export const NOWHERE: Ground = {
  name: 'x',
  shared: 'x',
  url: 'http://x',
  zips: ['a.zip', 'b.zip', 'c.zip'],
  hash: 'a'.repeat(64),
  documents: ['a.ndjson', 'b.ndjson'],
};

const HEAD = `# What a change of a manifest does

One table for each kind. Every line was tried on OpenSearch 3.6.0 and on 2.19.1 with security, unless it says otherwise: made,
planned without a change, changed in git, taken out of the manifest, adopted without the state, deleted; and what is changed in
place and can be read also changed behind rerankctl's back. This page is made from the data of that test (\`test/matrix\`).

- **in place**: the object stays and is changed.
- **replaced**: another object is made and takes its place; the plan says which.
- **needs rollout**: the plan refuses; with \`lifecycle.rollout: reindex\` a new index takes the name over.
- **nothing**: no change is planned; the server keeps what it has, or the field means nothing to it.
- **refused**: an error of \`validate\`.

A field that a manifest never had is nobody's: whatever it is in the cluster, it is left alone. Aliases, templates and
pipelines are whole objects, of which that is not true.
`;

function remarkOf({ remark = '', on, elsewhere }: Cell): string {
  const here = on === undefined || /From \d/.test(remark) ? '' : `Tried on ${on}.`;
  const there = elsewhere ? `Tried in \`${elsewhere}\`.` : '';
  return [remark, elsewhere === undefined ? here : there].filter((text) => text !== '').join(' ');
}

function line(cell: Cell): string {
  const what = cell.what === undefined || cell.what === '' ? '' : `: ${cell.what}`;
  return `| \`${cell.field}\`${what} | ${cell.becomes} | ${cell.gone ?? ''} | ${remarkOf(cell)} |`;
}

/** docs/kinds.md. */
export function page(): string {
  const tables = MATRIX.map(({ kind, title = kind, about, cells }) => {
    const lines = cells(NOWHERE).map((cell) => line(cell).replace(/ {2,}/g, ' '));
    return `## ${title}\n\n${about}\n\n| field | changed | taken out | |\n|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return [HEAD, ...tables].join('\n');
}
