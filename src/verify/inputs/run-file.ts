import type { Ranked, Run } from '../measures/types.ts';
import { quoted } from './problems.ts';
import { decimal } from './scalars.ts';
import { readSource } from './source.ts';
import { eachTrecLine, fromTrecId, trecId, trecQueryId } from './trec.ts';
import type { Read } from './types.ts';

interface Line {
  readonly document: string;
  readonly score: number;
  readonly rank: number;
  readonly line: number;
}

/**
 * Reads a TREC run file: lines of `query Q0 document rank score tag`. `path` may end in `.gz`; `shown` is the path as
 * the user wrote it. As in trec_eval the scores make the ranking, the highest first, and the ranks do not count: ties
 * stand by document ID, descending in the order of its bytes. IDs are read as `trecId` writes them.
 */
export async function readRun(path: string, { shown }: { readonly shown: string }): Promise<Read<Run>> {
  return readSource<Run>(path, shown, new Map(), async (source, problems) => {
    const queries = new Map<string, Line[]>();
    await eachTrecLine(source, COLUMNS, problems, (cells, line) => {
      const [query = '', , document = '', rank = '', text = ''] = cells;
      const score = decimal(text);
      if (score === undefined) {
        problems.error(line, () => ({
          code: 'RCTL_INPUT_SCORE',
          message: `The score ${quoted(text)} is not a number.`,
          remedy: 'The fifth column is a number: the higher, the better.',
        }));
        return;
      }
      const id = fromTrecId(query);
      const lines = queries.get(id);
      const entry = { document: fromTrecId(document), score, rank: Number(rank), line };
      if (lines === undefined) queries.set(id, [entry]);
      else lines.push(entry);
    });
    if (queries.size === 0 && !problems.hasErrors) {
      problems.error(1, () => ({
        code: 'RCTL_INPUT_EMPTY',
        message: 'There is no ranking in the file.',
        remedy: 'A TREC run has lines such as: q1 Q0 doc7 1 12.5 bm25',
      }));
    }
    const run = new Map<string, readonly Ranked[]>();
    let contrary: { readonly query: string; readonly line: number } | undefined;
    for (const [query, lines] of queries) {
      const { kept, again } = onceEach(lines);
      for (const [{ document, line }, first] of again) {
        problems.error(line, () => ({
          code: 'RCTL_INPUT_DUPLICATE',
          message: `Query ${quoted(query)} has document ${quoted(document)} in line ${first.line} already.`,
          remedy: 'A document stands in the ranking of a query once: delete one of the two lines.',
        }));
      }
      kept.sort(byScore);
      const wrong = kept.find(({ rank }, i) => !(i === 0 || rank > (kept[i - 1]?.rank ?? 0)));
      if (wrong !== undefined && again.length === 0) contrary ??= { query, line: wrong.line };
      run.set(
        query,
        kept.map(({ document, score }) => ({ document, score })),
      );
    }
    if (contrary !== undefined) {
      const { query, line } = contrary;
      problems.warning(line, () => ({
        code: 'RCTL_INPUT_RANK',
        message: `The ranks of query ${quoted(query)} are not in the order of its scores.`,
        remedy: 'The scores count, and ties stand by document ID, as in trec_eval. Write scores that fall.',
      }));
    }
    return run;
  });
}

const COLUMNS = ['query', 'Q0', 'document', 'rank', 'score', 'tag'];

/**
 * The text of a TREC run file, its ranks counted from 1. Whoever measures it again sorts by score, so the scores of a
 * query fall strictly from hit to hit: they are the server's, where those do (also as the 32-bit numbers of trec_eval
 * 9), and otherwise, for the whole query, the number of hits from this one on: n, n - 1, …, 1. A query without hits
 * has no line. IDs stand as `trecId` and `trecQueryId` write them.
 */
export function runLines(tag: string, run: Run): string {
  const lines: string[] = [];
  const written = trecId(tag);
  for (const [query, hits] of run) {
    const own = fall(hits);
    for (const [i, { document, score }] of hits.entries()) {
      const value = own ? score : hits.length - i;
      lines.push(`${trecQueryId(query)} Q0 ${trecId(document)} ${i + 1} ${value} ${written}\n`);
    }
  }
  return lines.join('');
}

function fall(hits: readonly Ranked[]): boolean {
  let before = Number.POSITIVE_INFINITY;
  return hits.every(({ score }) => {
    const single = score === null ? Number.NaN : Math.fround(score);
    const falls = Number.isFinite(single) && single < before;
    before = single;
    return falls;
  });
}

/** The first line of each document, and each later one with its first. */
function onceEach(lines: readonly Line[]): { kept: Line[]; again: (readonly [Line, Line])[] } {
  const firsts = new Map<string, Line>();
  const again: (readonly [Line, Line])[] = [];
  for (const line of lines) {
    const first = firsts.get(line.document);
    if (first === undefined) firsts.set(line.document, line);
    else again.push([line, first]);
  }
  return { kept: [...firsts.values()], again };
}

function byScore(a: Line, b: Line): number {
  if (a.score !== b.score) return b.score - a.score;
  return Buffer.compare(Buffer.from(b.document), Buffer.from(a.document));
}
