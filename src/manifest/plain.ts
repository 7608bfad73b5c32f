import type { Json, JsonObject } from '../core/json.ts';

/**
 * A reader for the plain part of YAML that nearly every manifest is written in. It is some twenty times as fast
 * as the real parser, which costs half a second for two thousand documents. It answers only when it is certain:
 * whatever it does not know by heart (anchors, tags, block scalars, escapes, several lines in one scalar, tabs,
 * anything invalid) makes it give up, and the real parser takes over. It keeps no positions; see `locate.ts`.
 */
export function readPlainYaml(text: string): { readonly data: JsonObject | undefined } | undefined {
  if (UNUSUAL.test(text)) return undefined;
  try {
    return { data: new PlainReader(text).document() };
  } catch (error) {
    if (error === GIVE_UP) return undefined;
    throw error;
  }
}

const GIVE_UP = Symbol('not plain YAML');
// Control characters, tabs, lone carriage returns, and the spaces and line ends that only some parsers know.
const UNUSUAL =
  /[^\n\r -~\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\ufffd]|\r(?!\n)/;
const ENTRY = /^([A-Za-z_$][\w$./-]*):(?: +(.*))?$/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*|)$/;
const NO_PLAIN_START = /^(?:[,[\]{}#&*!|>'"%@`?:]|-(?: |$))/;
const FLOW_KEY = /([A-Za-z_$][\w$./-]*)(?=: )|"([^"\\]*)"(?=: )|'([^']*)'(?=: )/y;
const FLOW_PLAIN = /(?:[^\s,[\]{}#:"'&*!|>%@`?-]|-(?=[^\s,[\]{}]))(?:[^,[\]{}#:]|:(?=[^\s,[\]{}]))*/y;
const FLOW_QUOTED = /"([^"\\]*)"|'([^']*)'/y;
const WORDS = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['~', null],
]);
const MAY_BE_NO_TEXT = /^[-+.~\dnNtTfF]/;
const OTHER_WORDS = /^(?:Null|NULL|True|TRUE|False|FALSE|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const NUMBER = /^[-+]?(?:0o[0-7]+|0x[\da-fA-F]+|(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)$/;

function giveUp(): never {
  throw GIVE_UP;
}

/** Numbers count only as JavaScript writes them itself: `1.0` and `0x10` are the real parser's. */
function scalar(text: string): Json {
  if (!MAY_BE_NO_TEXT.test(text)) return text;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (NUMBER.test(text)) {
    const number = Number(text);
    return String(number) === text ? number : giveUp();
  }
  return OTHER_WORDS.test(text) ? giveUp() : text;
}

/** Names that are no strings to YAML, or no plain properties to JavaScript. */
function keyOf(text: string): string {
  return WORDS.has(text) || OTHER_WORDS.test(text) || text === '__proto__' ? giveUp() : text;
}

function put(object: JsonObject, key: string, value: Json): void {
  if (Object.hasOwn(object, key)) giveUp();
  object[key] = value;
}

class PlainReader {
  readonly #lines: string[] = [];
  readonly #indents: number[] = [];
  #at = 0;

  constructor(text: string) {
    for (const raw of text.split('\n')) {
      const line = raw.trimEnd();
      const body = line.trimStart();
      if (body === '' || body.startsWith('#')) continue;
      this.#lines.push(body);
      this.#indents.push(line.length - body.length);
    }
  }

  document(): JsonObject | undefined {
    const first = this.#lines[0];
    if (first === '---' && this.#indents[0] === 0) this.#at = 1;
    else if (first?.startsWith('--- ')) /^--- +#/.test(first) ? this.#at++ : giveUp();
    if (this.#at === this.#lines.length) return undefined;
    if (this.#indent() !== 0) giveUp();
    const data = this.#map(0);
    return this.#at === this.#lines.length ? data : giveUp();
  }

  #indent(): number {
    return this.#indents[this.#at] ?? -1;
  }

  #map(indent: number): JsonObject {
    const object: JsonObject = {};
    while (this.#indent() === indent) {
      const entry = ENTRY.exec(this.#lines[this.#at] ?? '');
      if (entry === null) return giveUp();
      const [, key = '', rest = ''] = entry;
      this.#at++;
      put(
        object,
        keyOf(key),
        rest === '' || rest.startsWith('#') ? this.#below(indent, true) : this.#inline(rest, indent),
      );
    }
    return this.#indent() > indent ? giveUp() : object;
  }

  #list(indent: number): Json[] {
    const items: Json[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || this.#indent() !== indent || !(line === '-' || line.startsWith('- '))) break;
      const rest = line.slice(1).trimStart();
      if (rest === '' || rest.startsWith('#')) {
        this.#at++;
        items.push(this.#below(indent, false));
      } else if (ENTRY.test(rest)) {
        // `- key: value` opens a mapping whose indentation is where the key stands.
        const inner = indent + line.length - rest.length;
        this.#lines[this.#at] = rest;
        this.#indents[this.#at] = inner;
        items.push(this.#map(inner));
      } else {
        this.#at++;
        items.push(this.#inline(rest, indent));
      }
    }
    return this.#indent() > indent ? giveUp() : items;
  }

  /** The value of a key, or of a dash, that has nothing beside it. Lists may stand as far left as their key. */
  #below(indent: number, listMayAlign: boolean): Json {
    const inner = this.#indent();
    const line = this.#lines[this.#at] ?? '';
    const isList = line === '-' || line.startsWith('- ');
    if (isList && (inner > indent || (listMayAlign && inner === indent))) return this.#list(inner);
    if (inner <= indent) return null;
    return ENTRY.test(line) ? this.#map(inner) : giveUp();
  }

  /** A value on one line. What is indented further below it would belong to it. */
  #inline(text: string, indent: number): Json {
    if (this.#indent() > indent) giveUp();
    if (text.startsWith('{') || text.startsWith('[')) return new FlowReader(text).value();
    const quoted = QUOTED.exec(text);
    if (quoted !== null) return quoted[1] ?? quoted[2] ?? '';
    const comment = text.indexOf(' #');
    const plain = comment === -1 ? text : text.slice(0, comment).trimEnd();
    if (NO_PLAIN_START.test(plain) || plain.endsWith(':') || plain.includes(': ')) giveUp();
    return scalar(plain);
  }
}

/** `{…}` and `[…]` on one line. */
class FlowReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Json {
    const value = this.#value();
    const rest = this.#text.slice(this.#at);
    return rest === '' || /^ +(?:#|$)/.test(rest) ? value : giveUp();
  }

  #peek(): string {
    while (this.#text[this.#at] === ' ') this.#at++;
    return this.#text[this.#at] ?? giveUp();
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #value(): Json {
    const next = this.#peek();
    if (next === '{') return this.#map();
    if (next === '[') return this.#list();
    const quoted = this.#match(FLOW_QUOTED);
    if (quoted !== null) return quoted[1] ?? quoted[2] ?? '';
    const plain = this.#match(FLOW_PLAIN)?.[0].trimEnd();
    return plain === undefined ? giveUp() : scalar(plain);
  }

  #map(): JsonObject {
    const object: JsonObject = {};
    this.#at++;
    while (this.#peek() !== '}') {
      const key = this.#match(FLOW_KEY);
      if (key === null) return giveUp();
      this.#at++;
      const name = key[1] === undefined ? (key[2] ?? key[3] ?? '') : keyOf(key[1]);
      if (name === '__proto__') giveUp();
      put(object, name, this.#value());
      this.#separator('}');
    }
    this.#at++;
    return object;
  }

  #list(): Json[] {
    const items: Json[] = [];
    this.#at++;
    while (this.#peek() !== ']') {
      items.push(this.#value());
      this.#separator(']');
    }
    this.#at++;
    return items;
  }

  #separator(end: string): void {
    const next = this.#peek();
    if (next === ',') this.#at++;
    else if (next !== end) giveUp();
  }
}
