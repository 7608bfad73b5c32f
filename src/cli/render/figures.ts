import type { Gate } from '../../verify/report.ts';

/** How figures are shown to people: four decimals, and nothing is rounded before it is shown. */
export function number(value: number | null): string {
  return value === null ? '–' : value.toFixed(4);
}

export function plus(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function pText(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}

/** What a gate found: `0.6021 [0.5711, 0.6330]`, `402 ms`, `3.1 times`. */
export function gateFigure({ actual, interval, unit }: Gate): string {
  if (actual === null) return 'nothing to judge';
  if (unit === 'ms') return `${Math.round(actual)} ms`;
  if (unit === 'times') return `${actual.toFixed(1)} times`;
  const range = interval === null ? '' : ` [${number(interval.low)}, ${number(interval.high)}]`;
  return `${number(actual)}${range}`;
}
