import type { Gate } from '../../verify/report.ts';
import type { Interval } from '../../verify/statistics/types.ts';

/** How figures are shown to people: four decimals, and nothing is rounded before it is shown. */
export function number(value: number | null): string {
  return value === null ? '–' : value.toFixed(4);
}

/** A difference, with its sign; none where nothing is left of it after rounding. */
export function plus(value: number, digits = 4): string {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${text}` : text;
}

/** `[+0.061, +0.118]` */
export function plusRange({ low, high }: Interval): string {
  return `[${plus(low, 3)}, ${plus(high, 3)}]`;
}

/** Only what is all is called 100 %, and only what is nothing 0 %. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) return '>99 %';
  if (rounded === 0 && share > 0) return '<1 %';
  return `${Object.is(rounded, -0) ? 0 : rounded} %`;
}

/** How much of what the best order of the windows would win a reranker has won. */
export function headroomText(used: number | null, who = 'the reranker'): string {
  if (used === null) return 'nothing was left to win';
  return used < 0 ? `${who} made it worse` : `${who} used ${percent(used)} of the headroom`;
}

export function pText(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}

export function msText(ms: number): string {
  return `${Math.round(ms)} ms`;
}

/** What a gate found: `0.6021 [0.5711, 0.6330]`, `402 ms`, `3.1 times`. */
export function gateFigure({ actual, interval, unit, threshold }: Gate): string {
  if (actual === null) return 'nothing to judge';
  if (unit === 'ms') return `${asFarAsTold([actual], threshold, 0)[0]} ms`;
  if (unit === 'times') return `${asFarAsTold([actual], threshold, 1)[0]} times`;
  if (interval === null) return asFarAsTold([actual], threshold, 4).join();
  const [mean, low, high] = asFarAsTold([actual, interval.low, interval.high], threshold, 4);
  return `${mean} [${low}, ${high}]`;
}

const MOST_DIGITS = 12;

/** As many decimals as it takes to see on which side of the threshold each value is. */
function asFarAsTold(values: readonly number[], threshold: number, digits: number): string[] {
  const texts = values.map((value) => value.toFixed(digits));
  const told = texts.every((text, i) => {
    const value = values[i] ?? 0;
    return Math.sign(Number(text) - threshold) === Math.sign(value - threshold);
  });
  return told || digits === MOST_DIGITS ? texts : asFarAsTold(values, threshold, digits + 1);
}
