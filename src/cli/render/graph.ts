import type { Address } from '../../core/address.ts';
import { isObject } from '../../core/json.ts';
import type { Resource } from '../../core/resource.ts';
import { Reference, type Value } from '../../core/value.ts';

type Drawn = Pick<Resource, 'address' | 'kind' | 'spec' | 'dependsOn'>;

interface Edge {
  readonly from: Address;
  readonly to: Address;
  /** The fields that refer; none where only `metadata.depends_on` says so. */
  readonly fields: readonly string[];
}

interface Look {
  /** What stands around the label in Mermaid. */
  readonly mermaid: readonly [string, string];
  readonly dot: string;
  readonly fill: string;
}

const PLAIN: Look = { mermaid: ['[', ']'], dot: 'box', fill: '#eeeeee' };

/** A kind that has no look here is drawn as a plain box. The colours are pale: the text on them is black. */
const LOOKS: ReadonlyMap<string, Look> = new Map([
  ['ClusterSettings', { mermaid: ['>', ']'], dot: 'tab', fill: '#eceff1' }],
  ['ModelGroup', { mermaid: ['[[', ']]'], dot: 'folder', fill: '#e8def8' }],
  ['Model', { mermaid: ['([', '])'], dot: 'box3d', fill: '#d0bcff' }],
  ['Index', { mermaid: ['[(', ')]'], dot: 'cylinder', fill: '#cfe8fc' }],
  ['IndexTemplate', { mermaid: ['[(', ')]'], dot: 'cylinder', fill: '#e3f2fd' }],
  ['Alias', { mermaid: ['[(', ')]'], dot: 'cylinder', fill: '#b3e5fc' }],
  ['SeedData', { mermaid: ['[/', '/]'], dot: 'note', fill: '#e6f3fd' }],
  ['IngestPipeline', { mermaid: ['{{', '}}'], dot: 'hexagon', fill: '#ffecb3' }],
  ['SearchPipeline', { mermaid: ['{{', '}}'], dot: 'hexagon', fill: '#ffe0b2' }],
  ['Verification', { mermaid: ['(', ')'], dot: 'ellipse', fill: '#d5f0d5' }],
]);

const LEGEND = 'An arrow leads from a resource to what it needs; its label is the field that refers to it.';

export type GraphFormat = 'mermaid' | 'dot';

/** The resources and what they depend on, as text in the language of a drawing tool. The same for the same resources. */
export function renderGraph(resources: readonly Drawn[], format: GraphFormat): string {
  const nodes = [...resources].sort((a, b) => byText(a.address, b.address));
  const edges = nodes.flatMap(edgesOf);
  return `${(format === 'dot' ? dot : mermaid)(nodes, edges).join('\n')}\n`;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function edgesOf({ address, spec, dependsOn }: Drawn): Edge[] {
  const fields = new Map<Address, Set<string>>();
  const visit = (value: Value, field: string): void => {
    if (value instanceof Reference) {
      fields.set(value.address, (fields.get(value.address) ?? new Set()).add(field));
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, field);
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) visit(item as Value, key);
    }
  };
  visit(spec, '');
  return [...dependsOn]
    .sort()
    .map((to) => ({ from: address, to, fields: [...(fields.get(to) ?? [])].sort() }));
}

function mermaid(nodes: readonly Drawn[], edges: readonly Edge[]): string[] {
  const ids = mermaidIds(nodes);
  const text = (label: string): string => `"${mermaidText(label)}"`;
  const kinds = [...new Set(nodes.map(({ kind }) => kind))];
  return [
    'flowchart LR',
    `  %% ${LEGEND}`,
    ...nodes.map(({ address, kind }) => {
      const [open, close] = lookOf(kind).mermaid;
      return `  ${ids.get(address)}${open}${text(address)}${close}`;
    }),
    ...edges.flatMap(({ from, to, fields }) => {
      const arrow = fields.length === 0 ? '-. "depends_on" .->' : `-- ${text(fields.join(', '))} -->`;
      return ids.has(to) ? `  ${ids.get(from)} ${arrow} ${ids.get(to)}` : [];
    }),
    ...kinds.flatMap((kind) => [
      `  classDef ${kind} fill:${lookOf(kind).fill},stroke:#555555,color:#000000`,
      `  class ${nodes.flatMap((node) => (node.kind === kind ? (ids.get(node.address) ?? []) : [])).join(',')} ${kind}`,
    ]),
  ];
}

/** Identifiers that can be read, and that stay when other resources come and go. */
function mermaidIds(nodes: readonly Drawn[]): Map<Address, string> {
  const taken = new Set<string>();
  return new Map(
    nodes.map(({ address }) => {
      const readable = address.replace(/[^A-Za-z0-9]/gu, '_');
      let id = readable;
      for (let n = 2; taken.has(id); n++) id = `${readable}_${n}`;
      taken.add(id);
      return [address, id];
    }),
  );
}

/**
 * Text between quotes. Mermaid has its own escapes (`#34;`), reads Markdown in there, and knows keywords even in
 * texts; so all is escaped but what is surely plain. An underscore inside of a word is no emphasis.
 */
function mermaidText(text: string): string {
  return text.replace(
    /[^\p{L}\p{N} /.,_-]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/gu,
    (sign) => `#${sign.codePointAt(0)};`,
  );
}

function dot(nodes: readonly Drawn[], edges: readonly Edge[]): string[] {
  return [
    'digraph rerankctl {',
    `  // ${LEGEND}`,
    '  rankdir=LR',
    '  node [style=filled, fontname="sans-serif", color="#555555"]',
    '  edge [fontname="sans-serif", fontsize=10, color="#555555"]',
    ...nodes.map(({ address, kind }) => {
      const look = lookOf(kind);
      return `  ${quoted(address)} [label=${dotText(address)}, shape=${look.dot}, fillcolor="${look.fill}"]`;
    }),
    ...edges.map(({ from, to, fields }) => {
      const look =
        fields.length === 0 ? 'label="depends_on", style=dashed' : `label=${dotText(fields.join(', '))}`;
      return `  ${quoted(from)} -> ${quoted(to)} [${look}]`;
    }),
    '}',
  ];
}

/** A backslash is doubled so that none stands before the closing quote. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** In a label, `\N` and `&amp;` would mean something. */
function dotText(text: string): string {
  return quoted(text.replaceAll('&', '&amp;'));
}

function lookOf(kind: string): Look {
  return LOOKS.get(kind) ?? PLAIN;
}
