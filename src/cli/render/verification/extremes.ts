import type { QueryReport, VerificationReport } from '../../../verify/report.ts';
import { number } from '../figures.ts';
import { tidy } from '../tidy.ts';
import { heading } from './layout.ts';
import { cutTo, type Pen, widthOf } from './pen.ts';
import { queryHeading, shownId } from './query.ts';
import { hitTable } from './table.ts';

/** Queries that lost and won the most. */
const SHOWN = 3;

interface Changed {
  readonly query: QueryReport;
  readonly before: number;
  readonly after: number;
}

/** Queries whose first measure differs between the first two arms, what lost the most first. */
export function changedQueries(report: VerificationReport): Changed[] {
  const measure = report.relevance?.measures[0]?.measure ?? '';
  const [first = '', second = ''] = report.arms;
  return report.queries
    .flatMap((query) => {
      const figure = query.measures?.[measure];
      const [before, after] = [figure?.[first], figure?.[second]];
      return before === undefined || after === undefined || before === after
        ? []
        : [{ query, before, after }];
    })
    .sort((left, right) => left.after - left.before - (right.after - right.before));
}

/** The queries that lost and won the most by the first measure; the worst ones with both rankings. */
export function extremes(report: VerificationReport, pen: Pen): string[][] {
  const measure = report.relevance?.measures[0]?.measure ?? '';
  const changed = changedQueries(report);
  const lost = changed.filter(({ before, after }) => after < before);
  const won = changed.filter(({ before, after }) => after > before).reverse();
  const list = (title: string, all: readonly Changed[]): string[] =>
    all.length === 0
      ? []
      : [
          heading(all.length > SHOWN ? `${title}, ${SHOWN} of ${all.length}` : title, pen),
          ...listLines(all.slice(0, SHOWN), pen),
        ];
  return [
    [...list(`worst by ${measure}`, lost), ...list(`best by ${measure}`, won)],
    // What went wrong is shown anyway.
    ...lost
      .slice(0, SHOWN)
      .filter(({ query }) => query.verdict === 'pass')
      .map(({ query, before, after }) => [
        queryHeading(report, query, pen),
        heading(`${measure} ${number(before)} ${pen.arrow} ${number(after)}`, pen),
        ...hitTable(query, report.arms[0] ?? '', pen, { brief: true }),
      ]),
  ];
}

function listLines(all: readonly Changed[], pen: Pen): string[] {
  const ids = all.map(({ query }) => shownId(query, pen));
  const width = Math.max(...ids.map(widthOf));
  return all.map(({ query, before, after }, i) => {
    const id = ids[i] ?? '';
    const figures = `${number(before)} ${pen.arrow} ${number(after)}`;
    const head = `    ${figures}  ${id}${' '.repeat(width - widthOf(id))}  `;
    const room = pen.wholeIds ? Math.max(pen.width, widthOf(head)) : pen.width;
    return cutTo(head + tidy(query.queryText), room, pen).trimEnd();
  });
}
