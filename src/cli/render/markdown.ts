import type { Gate, QueryReport, Verdict, VerificationReport } from '../../verify/report.ts';
import { gateFigure, headroomText, number, percent, plus, pText } from './figures.ts';

/** GitHub takes 65,536 characters in a comment. */
const MOST_CHARACTERS = 60_000;
/** Rankings of so many queries, those that changed the most. */
const MOST_QUERIES = 20;
const SHOWN_HITS = 10;

const MARK: Readonly<Record<Verdict, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  error: '❌ error',
};

/** Verification reports for a pull request or a step summary. What does not fit is left out from the end, and said. */
export function renderMarkdown(
  reports: readonly VerificationReport[],
  options: { readonly text: boolean },
): string {
  const blocks = reports.flatMap((report) => [...summary(report), ...details(report, options.text)]);
  let made = '';
  for (const [i, block] of blocks.entries()) {
    const next = `${made}${block}\n\n`;
    if (next.length > MOST_CHARACTERS) {
      return `${made}*${blocks.length - i} more parts do not fit here: see the JSON or the HTML report.*\n`;
    }
    made = next;
  }
  return made;
}

function summary(report: VerificationReport): string[] {
  const { address, verdict, queries, index, searchPipeline, relevance, warnings } = report;
  const where = index === '' ? '' : `, ${code(index)} through ${code(searchPipeline)}`;
  const ran = queries.filter(({ proof }) => proof?.ran === true).length;
  const asked = queries.filter(({ proof }) => proof !== null).length;
  const proof = asked === 0 ? '' : ` The reranker ran in ${ran} of ${asked}.`;
  return [
    `### ${MARK[verdict]}: ${escaped(address)}`,
    `${queries.length} ${queries.length === 1 ? 'query' : 'queries'}${where}.${proof}`,
    ...(report.gates.length === 0 ? [] : [gateTable(report.gates)]),
    ...(relevance === null || relevance.measures.length === 0 ? [] : [measureTable(report)]),
    ...(relevance?.headroom == null ? [] : [headroom(relevance.headroom)]),
    ...canaries(report),
    ...(warnings.length === 0 ? [] : [warnings.map((each) => `- ${escaped(each)}`).join('\n')]),
  ];
}

function gateTable(gates: readonly Gate[]): string {
  const rows = gates.map((gate) => {
    const where = gate.location === undefined ? '' : ` (${gate.location.file}:${gate.location.line})`;
    return [MARK[gate.verdict], code(gate.rule), gateFigure(gate), escaped(`${gate.because}${where}`)];
  });
  return table(['gate', 'rule', 'found', 'why'], rows);
}

function measureTable({ relevance, arms }: VerificationReport): string {
  const [, ...others] = arms;
  const rows = (relevance?.measures ?? []).flatMap(({ measure, arms: means, lift }) =>
    (others.length === 0 ? [''] : others).map((arm) => {
      const found = lift[arm];
      const plain = [code(measure), ...arms.map((each) => number(means[each]?.mean ?? null))];
      if (found === undefined) return [...plain, '', '', ''];
      const { meanDelta, interval, p, wins, ties, losses } = found;
      const name = others.length > 1 ? `${escaped(arm)} ` : '';
      return [
        ...plain,
        `${name}${plus(meanDelta)} [${plus(interval.low)}, ${plus(interval.high)}]`,
        pText(p),
        `${wins} / ${ties} / ${losses}`,
      ];
    }),
  );
  return table(['measure', ...arms.map(escaped), 'lift', 'p', 'win / tie / loss'], rows);
}

function headroom({
  measure,
  windowRecall,
  oracle,
  used,
}: NonNullable<NonNullable<VerificationReport['relevance']>['headroom']>): string {
  return `The windows hold ${percent(windowRecall)} of what is relevant; the best order of them has ${measure} ${number(oracle)}: ${headroomText(used)}.`;
}

function canaries({ canaries: all }: VerificationReport): string[] {
  const wrong = all.filter(({ pass }) => !pass);
  return wrong.length === 0
    ? []
    : [wrong.map(({ problem }) => `- ❌ canary: ${escaped(problem)}`).join('\n')];
}

/** Those that went wrong, then those whose first measure changed the most, each with both rankings. */
function details(report: VerificationReport, text: boolean): string[] {
  const [measure] = report.relevance?.measures ?? [];
  const [first = '', second = ''] = report.arms;
  const changeOf = ({ measures }: QueryReport): number => {
    const figures = measure === undefined ? undefined : measures?.[measure.measure];
    return (figures?.[second] ?? 0) - (figures?.[first] ?? 0);
  };
  const wrong = report.queries.filter(({ verdict }) => verdict !== 'pass');
  const moved = report.queries
    .filter((query) => query.verdict === 'pass' && (changeOf(query) !== 0 || query.change?.newFirst === true))
    .sort((left, right) => Math.abs(changeOf(right)) - Math.abs(changeOf(left)));
  return [...wrong, ...moved].slice(0, MOST_QUERIES).map((query) => detail(query, changeOf(query), text));
}

function detail(query: QueryReport, change: number, text: boolean): string {
  const title = text && query.queryText !== '' ? `${query.id}: ${query.queryText}` : query.id;
  const said = change === 0 ? '' : ` (${plus(change)})`;
  const problems = [
    ...(query.error === undefined ? [] : [query.error.message]),
    ...(query.proof?.reasons ?? []).map(({ message }) => message),
    ...query.expectations.filter(({ pass }) => !pass).map(({ what }) => `expected: ${what}`),
  ];
  const hits = (query.reranked?.hits ?? [])
    .slice(0, SHOWN_HITS)
    .map((hit) => [
      String(hit.rank),
      hit.was === null ? 'new' : String(hit.was),
      hit.grade === null ? '' : String(hit.grade),
      code(hit.document),
      text ? escaped(hit.text) : '',
    ]);
  return [
    `<details><summary>${MARK[query.verdict]}: ${escaped(title)}${said}</summary>`,
    ...(problems.length === 0 ? [] : [problems.map((each) => `- ${escaped(each)}`).join('\n')]),
    ...(hits.length === 0 ? [] : [table(['rank', 'was', 'grade', 'document', 'passage'], hits)]),
    '</details>',
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What comes from documents must not become markup, a link, or a mention of a person. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]|#~]/g, (character) => `\\${character}`)
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//');
}

/** Code in a table: a bar would end the cell, a backtick the code. */
function code(text: string): string {
  const plain = text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '\\|');
  return plain.trim() === '' ? '' : `\`${plain}\``;
}
