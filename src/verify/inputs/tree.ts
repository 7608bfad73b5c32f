import type { Document, LineCounter } from 'yaml';
import { type Problems, quoted } from './problems.ts';
import { type Source, wholeText } from './source.ts';

type Path = readonly (string | number)[];

/** A document of JSON or YAML, and where its parts stand. */
export interface Tree {
  readonly value: unknown;
  /** The line of what stands under a path; of the nearest thing around it, where there is nothing. */
  readonly lineOf: (path: Path) => number;
  /** A number as it is written: `007` is an ID that would lose its zeros. */
  readonly writtenAt: (path: Path) => string | undefined;
}

/** Reads YAML, and so JSON. `undefined` where its syntax is wrong, which is an error at each such place. */
export async function readYaml(source: Source, problems: Problems): Promise<Tree | undefined> {
  const yaml = await import('yaml');
  const { document, lines } = parsed(yaml, await wholeText(source));
  const refuse = (at: number, message: string): void => {
    problems.error(lines.linePos(at).line, () => ({
      code: 'RCTL_INPUT_SYNTAX',
      message: `This is not YAML: ${firstLineOf(message)}.`,
      remedy: 'Put the syntax right.',
    }));
  };
  for (const { message, pos } of document.errors) refuse(pos[0], message);
  if (document.errors.length > 0) return undefined;
  try {
    return { value: document.toJS(), ...places(yaml, document, lines) };
  } catch (error) {
    // An alias without an anchor before it, or so many aliases that they would fill the memory.
    let first: number | undefined;
    yaml.visit(document, {
      Alias: (_key, alias) => {
        if (first === undefined && alias.resolve(document) === undefined) first = alias.range?.[0];
      },
    });
    refuse(first ?? 0, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** Reads JSON, fast, for a file of judgments is large: it is read for positions only where something is wrong. */
export async function readJson(source: Source, problems: Problems): Promise<Tree | undefined> {
  const text = await wholeText(source);
  const yaml = await import('yaml');
  let found: Pick<Tree, 'lineOf' | 'writtenAt'> | undefined;
  const there = (): Pick<Tree, 'lineOf' | 'writtenAt'> => {
    if (found === undefined) {
      const { document, lines } = parsed(yaml, text);
      found = places(yaml, document, lines);
    }
    return found;
  };
  try {
    const value: unknown = JSON.parse(text);
    return { value, lineOf: (path) => there().lineOf(path), writtenAt: (path) => there().writtenAt(path) };
  } catch (error) {
    const position = brokenAt(error) ?? firstBroken(text);
    const line = text.slice(0, position).split('\n').length;
    problems.error(line, () => ({
      code: 'RCTL_INPUT_SYNTAX',
      message: `This is not JSON, from here on: ${quoted(text.slice(position).trim().split('\n')[0] || 'the end')}.`,
      remedy: 'Put the syntax right, or name the format if the file is not JSON.',
    }));
    return undefined;
  }
}

function parsed(yaml: typeof import('yaml'), text: string): { document: Document; lines: LineCounter } {
  const lines = new yaml.LineCounter();
  return { document: yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines };
}

function places(
  { isNode, isScalar }: typeof import('yaml'),
  document: Document,
  lines: LineCounter,
): Pick<Tree, 'lineOf' | 'writtenAt'> {
  return {
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      const { contents } = document;
      return isNode(contents) && contents.range ? lines.linePos(contents.range[0]).line : 1;
    },
    writtenAt: (path) => {
      const node = document.getIn(path, true);
      return isScalar(node) && typeof node.value === 'number' ? node.source : undefined;
    },
  };
}

function brokenAt(error: unknown): number | undefined {
  const found = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Not every message of V8 says where, so this halves the text until what is broken ends it. */
function firstBroken(text: string): number {
  let [sound, broken] = [0, text.length + 1];
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1;
    if (mayGoOn(text.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}

/** Whether a text is JSON, or would be with something behind it. */
function mayGoOn(start: string): boolean {
  try {
    JSON.parse(start);
    return true;
  } catch (error) {
    const { message } = error as Error;
    return /end of JSON|Unterminated/.test(message) || brokenAt(error) === start.length;
  }
}

function firstLineOf(message: string): string {
  return message.split('\n')[0]?.replace(/[.:]$/, '') ?? '';
}
