import type { Expectation, QueryReport } from '../../../verify/report.ts';
import { tidy } from '../tidy.ts';
import { wrapped } from './layout.ts';
import type { Pen } from './pen.ts';
import { saidOf } from './troubles.ts';

/** What is wrong with a query, each with what to do, and what is odd about it. */
export function problemLines(query: QueryReport, pen: Pen): string[] {
  const { proof, error, expectations } = query;
  return [
    ...(error === undefined ? [] : problem(saidOf(error), error.remedy, pen)),
    ...(proof?.reasons ?? []).flatMap((reason) => problem(saidOf(reason), reason.remedy, pen)),
    ...expectations.filter(({ pass }) => !pass).flatMap((each) => missed(each, query, pen)),
    ...(proof?.warnings ?? []).flatMap((warning) => note(warning, pen)),
  ];
}

export function note(text: string, pen: Pen): string[] {
  return wrapped(tidy(text), pen.paint('yellow', 'note:'), pen);
}

function problem(message: string, remedy: string | undefined, pen: Pen): string[] {
  return [
    ...wrapped(tidy(message), pen.paint('red', pen.cross), pen),
    ...(remedy === undefined ? [] : wrapped(tidy(remedy), pen.paint('green', 'fix:'), pen, '    ')),
  ];
}

function missed({ kind, what, actual, foundAt }: Expectation, query: QueryReport, pen: Pen): string[] {
  const told = { first: 'first, and it is not: ', not_first: 'not first, and it is: ', top: '' }[kind];
  return [
    ...wrapped(tidy(`Expected ${told}${what}`), pen.paint('red', pen.cross), pen),
    ...wrapped(tidy(actual), pen.paint('dim', 'there is:'), pen, '    '),
    ...wrapped(nextStep(kind, foundAt, query), pen.paint('green', 'next:'), pen, '    '),
  ];
}

function nextStep(kind: Expectation['kind'], foundAt: number | null, query: QueryReport): string {
  if (query.proof?.ran === false) return 'Mend the reranking first.';
  if (kind === 'not_first')
    return 'Compare both scores above: is it the retrieval or the model that likes this hit?';
  if (foundAt === null) {
    return `None of the ${query.window} hits is the expected one, and a reranker only orders what it gets: raise size, or mend the query. See also that the field is in the hits (_source).`;
  }
  const was = query.reranked?.hits.find(({ rank }) => rank === foundAt)?.was;
  return `The expected hit is at rank ${foundAt}${typeof was !== 'number' ? '' : ` (unreranked: ${was})`}. See whether document_fields give the model the text that answers the query; else try another model.`;
}
