import type { Gate, VerificationReport } from '../../../verify/report.ts';
import { gateFigure } from '../figures.ts';
import { tidy } from '../tidy.ts';
import { heading, labelOf, listed, wrapped } from './layout.ts';
import { comparisonPieces } from './measures.ts';
import { cutTo, type Pen, widthOf, written } from './pen.ts';
import { verdictMark } from './verdict.ts';

/** Each gate with what it found; below it, where it does not pass, why, and the line that declares it. */
export function gateLines(gates: readonly Gate[], pen: Pen): string[] {
  if (gates.length === 0) return [];
  const rules = gates.map(({ rule }) => written(tidy(rule), pen));
  const figures = gates.map((gate) => gateFigure(gate));
  const rule = Math.max(...rules.map(widthOf));
  const figure = Math.max(...figures.map(widthOf));
  const oneLine = 4 + 2 + rule + 2 + figure <= pen.width;
  return [
    heading('gates', pen),
    ...gates.flatMap((gate, i) => {
      const [words = '', found = ''] = [rules[i], figures[i]];
      const mark = verdictMark(gate.verdict, pen);
      const head = oneLine
        ? [`    ${mark} ${words}${' '.repeat(rule - widthOf(words) + 2)}${found}`]
        : [...wrapped(words, mark, pen, '    '), ...wrapped(found, ' ', pen, '    ')];
      return [...head, ...whyLines(gate, pen)];
    }),
  ];
}

function whyLines({ verdict, because, location, rule }: Gate, pen: Pen): string[] {
  if (verdict === 'pass') return [];
  const name = verdict === 'fail' ? '' : `${verdict}: `;
  const place = location === undefined ? '' : ` (${location.file}:${location.line})`;
  const why = because === '' ? rule : because;
  return wrapped(tidy(`${name}${why}${place}`), ' ', pen, '    ').map((line) => pen.paint('dim', line));
}

/** One line when all is well; else each canary that is not. */
export function canaryLines({ canaries }: VerificationReport, pen: Pen): string[] {
  if (canaries.length === 0) return [];
  const wrong = canaries.flatMap((canary, i) => (canary.pass ? [] : [{ canary, i }]));
  const passed = `${canaries.length - wrong.length} of ${canaries.length}`;
  const tally = wrong.length === 0 ? passed : pen.paint('red', passed);
  return [
    ...wrapped(`${tally} as expected`, labelOf('canaries'), pen),
    ...wrong.flatMap(({ canary, i }) => [
      `    ${verdictMark('fail', pen)} ${cutTo(`canary ${i + 1}: ${tidy(canary.queryText)}`.replace(/: $/, ''), pen.width - 6, pen)}`,
      ...wrapped(tidy(canary.problem), ' ', pen, '    '),
    ]),
  ];
}

export function baselineLines({ baseline }: VerificationReport, pen: Pen): string[] {
  if (baseline === null) return [];
  const { state, differences, measures } = baseline;
  const file = tidy(baseline.file);
  const label = labelOf('baseline');
  if (state === 'missing')
    return wrapped(`there is no ${file} yet: write it with verify --update-baseline`, label, pen);
  if (state === 'written') return wrapped(`these figures are for ${file}`, label, pen);
  if (state === 'different') {
    const text = `not compared: ${file} was measured on ${differences.map(tidy).join(', ')}; write a new one with verify --update-baseline`;
    return wrapped(text, pen.paint('yellow', label), pen);
  }
  return [
    ...wrapped(`compared with ${file}`, label, pen),
    ...Object.entries(measures).flatMap(([name, found]) =>
      listed(comparisonPieces(found, pen), ', ', `${' '.repeat(14)}${name}`, pen),
    ),
  ];
}
