import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Segment } from './segments.ts';

/** The real parser's documents of a segment. Duplicate keys, which it looks for slowly, are left to `data.ts`. */
export function parseNodes(segment: Segment): Document[] {
  const documents = parseAllDocuments(segment.text, {
    logLevel: 'silent',
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    keepSourceTokens: false,
  });
  return Array.isArray(documents) ? documents : [];
}

/** Where a node begins, within its segment. */
export function startOf(node: unknown): number | undefined {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return range?.[0];
}

export function keyText(pair: Pair): string | undefined {
  return isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : undefined;
}

/** `<<: *anchor`. In quotes it is a key like any other. */
export function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === '<<' && (pair.key.type ?? 'PLAIN') === 'PLAIN';
}

const targets = new WeakMap<Document, Map<unknown, Node>>();

/** The node that each alias of a document stands for: the last one before it that has its name. */
function targetsOf(document: Document): Map<unknown, Node> {
  const known = targets.get(document);
  if (known !== undefined) return known;
  const found = new Map<unknown, Node>();
  const anchors = new Map<string, Node>();
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) found.set(node, target);
    } else if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      anchors.set(node.anchor, node);
    }
  });
  targets.set(document, found);
  return found;
}

/** The node itself, or the one that it is an alias of. */
export function resolveAlias(node: unknown, document: Document): Node | undefined {
  if (isAlias(node)) return targetsOf(document).get(node);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
}

/** The pair that gives a mapping its `key`: its own, or one that is merged into it. */
export function findPair(map: YAMLMap, key: string, document: Document, depth = 0): Pair | undefined {
  const own = map.items.find((pair) => isPair(pair) && keyText(pair) === key && !isMerge(pair));
  if (own !== undefined || depth > 20) return own;
  for (const pair of map.items.filter(isMerge)) {
    const value = resolveAlias(pair.value, document);
    const sources = isSeq(value) ? value.items : [value];
    for (const source of sources) {
      const merged = resolveAlias(source, document);
      const found = isMap(merged) ? findPair(merged, key, document, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
