import { type Document, isMap, isScalar, isSeq, type Pair } from 'yaml';
import type { SourceLocation } from '../core/diagnostic.ts';
import { pointerSegments } from '../core/json.ts';
import { findPair, parseNodes, resolveAlias, startOf } from './nodes.ts';
import type { Segment } from './segments.ts';

export interface Place {
  readonly location: SourceLocation;
  readonly snippet: string;
}

/** Which end of `key: value`. `auto` is the value where it stands beside its key, else the key. */
export type Aim = 'key' | 'value' | 'auto';

interface Found {
  readonly key: number | undefined;
  readonly value: unknown;
}

/** Finds the places of a document's values. Nothing is computed before the first question. */
export class Locator {
  readonly #segment: Segment;
  readonly #index: number;
  #document: Document | undefined;
  readonly #hidden: string[] = [];

  constructor(segment: Segment, index: number, document?: Document) {
    this.#segment = segment;
    this.#index = index;
    this.#document = document;
  }

  /** The place of a JSON pointer's value, or of the nearest one around it that exists. */
  at(pointer: string, aim: Aim = 'auto'): Place {
    const { lines, start } = this.#segment;
    const { key, value } = this.#find(pointerSegments(pointer)).found;
    const place = lines.place(start + this.#offset(key, value, aim));
    return this.#hidden.some((text) => place.snippet.includes(text)) ? { ...place, snippet: '' } : place;
  }

  /** No line that holds this text is shown. */
  hide(text: string): void {
    this.#hidden.push(text);
  }

  /** What a scalar looks like in the file, e.g. `1.0` where the number is 1. */
  textOf(pointer: string): string | undefined {
    const { found, whole } = this.#find(pointerSegments(pointer));
    const value = resolveAlias(found.value, this.#parsed());
    return whole && isScalar(value) ? value.source : undefined;
  }

  /** Is this value part of a `{…}` or `[…]`? */
  isInFlow(pointer: string): boolean {
    const { found } = this.#find(pointerSegments(pointer).slice(0, -1));
    const around = resolveAlias(found.value, this.#parsed());
    return (isMap(around) || isSeq(around)) && around.flow === true;
  }

  #parsed(): Document {
    this.#document ??= parseNodes(this.#segment)[this.#index];
    if (this.#document === undefined) throw new Error('a document has vanished from its text');
    return this.#document;
  }

  #find(segments: readonly string[]): { found: Found; whole: boolean } {
    const document = this.#parsed();
    let found: Found = { key: undefined, value: document.contents };
    for (const segment of segments) {
      const inside = resolveAlias(found.value, document);
      if (isMap(inside)) {
        const pair: Pair | undefined = findPair(inside, segment, document);
        if (pair === undefined) return { found, whole: false };
        found = { key: startOf(pair.key), value: pair.value };
      } else if (isSeq(inside) && Number(segment) < inside.items.length) {
        found = { key: startOf(inside.items[Number(segment)]), value: inside.items[Number(segment)] };
      } else {
        return { found, whole: false };
      }
    }
    return { found, whole: true };
  }

  #offset(key: number | undefined, value: unknown, aim: Aim): number {
    const own = startOf(value);
    if (key === undefined || (aim !== 'key' && own !== undefined && this.#isBeside(value, aim))) {
      return own ?? key ?? 0;
    }
    return key;
  }

  #isBeside(value: unknown, aim: Aim): boolean {
    if (aim === 'auto' && (isMap(value) || isSeq(value))) return value.flow === true;
    // An empty value ends up after its key, often on the next line.
    return !(isScalar(value) && (value.source ?? '') === '' && value.type === 'PLAIN');
  }
}
