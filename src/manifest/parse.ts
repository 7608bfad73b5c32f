import type { Document } from 'yaml';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import { type DataProblem, dataOf } from './data.ts';
import type { Source } from './files.ts';
import { Locator } from './locate.ts';
import { parseNodes } from './nodes.ts';
import { readPlainYaml } from './plain.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { explainSyntax, type SyntaxProblem } from './syntax.ts';

/** One document of a stream, as data. Its directives are still plain objects. */
export interface ParsedDocument {
  readonly source: Source;
  readonly data: Json;
  readonly locator: Locator;
  /** Its text is not sound, so what it holds is a guess: good for its address and nothing else. */
  readonly broken: boolean;
}

export interface Parsed {
  readonly documents: ParsedDocument[];
  readonly diagnostics: Diagnostic[];
}

export function parseSource(source: Source): Parsed {
  const parsed: Parsed = { documents: [], diagnostics: [] };
  for (const segment of segmentsOf(source)) {
    const plain = source.isJson ? undefined : readPlainYaml(segment.text);
    if (plain === undefined) parseSegment(segment, parsed);
    else if (plain.data !== undefined) {
      parsed.documents.push({ source, data: plain.data, locator: new Locator(segment, 0), broken: false });
    }
  }
  return parsed;
}

function parseSegment(segment: Segment, { documents, diagnostics }: Parsed): void {
  parseNodes(segment).forEach((document, index) => {
    const problems = problemsOf(document, segment);
    const { data, problems: inData } = readData(document, problems.length > 0);
    for (const problem of [...problems, ...inData]) diagnostics.push(diagnosticOf(problem, segment));
    const broken = problems.length > 0 || inData.length > 0;
    if (!broken && (data === null || data === undefined) && !hasText(document)) return;
    documents.push({
      source: segment.lines.source,
      data: data ?? null,
      locator: new Locator(segment, index, document),
      broken,
    });
  });
}

function problemsOf(document: Document, segment: Segment): SyntaxProblem[] {
  const first = document.errors[0];
  return first === undefined ? [] : [explainSyntax(first, segment)];
}

function readData(document: Document, isBroken: boolean): ReturnType<typeof dataOf> {
  const { data, problems } = dataOf(document);
  return isBroken ? { data, problems: [] } : { data, problems };
}

/** `null` or `~` is a document that says something; nothing at all, or comments, is none. */
function hasText(document: Document): boolean {
  const range = document.contents?.range;
  return range !== null && range !== undefined && range[1] > range[0];
}

function diagnosticOf(problem: SyntaxProblem | DataProblem, { lines, start }: Segment): Diagnostic {
  const { code, remedy, offset } = problem;
  const other =
    'other' in problem && problem.other !== undefined ? lines.place(start + problem.other) : undefined;
  const message =
    other === undefined
      ? problem.message
      : `${problem.message} The first one is on line ${other.location.line}.`;
  return { severity: 'error', code, message, remedy, ...lines.place(start + offset) };
}
