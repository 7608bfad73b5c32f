/** Numbers as a person reads them. The minus is a real one, as wide as the plus, so that columns stand straight. */

const MINUS = '\u2212';
/** Between a number and its unit: narrow, and the line does not break there. */
const THIN = '\u202f';

function withMinus(text: string): string {
  return text.replace('-', MINUS);
}

/** A mean of a measure: `0.4421`. */
export function measureText(value: number, digits = 4): string {
  return withMinus(value.toFixed(digits));
}

/** A difference: `+0.2568`; no sign where nothing is left of it after rounding. */
export function signedText(value: number, digits = 4): string {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${text}` : withMinus(text);
}

export function msText(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)}${THIN}s`;
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)}${THIN}ms`;
}

export function timesText(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}×`;
}

export function percentText(share: number): string {
  const percent = share * 100;
  const digits = percent > 0 && percent < 10 && !Number.isInteger(percent) ? 1 : 0;
  return `${withMinus(percent.toFixed(digits))}${THIN}%`;
}

export function pText(p: number): string {
  if (p < 0.0001) return 'p < 0.0001';
  return `p = ${p < 0.1 ? p.toPrecision(2) : p.toFixed(2)}`;
}

/** Groups of three digits from ten thousand on. */
export function countText(count: number): string {
  const text = String(count);
  return count < 10_000 ? text : text.replace(/\B(?=(\d{3})+$)/g, THIN);
}

export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
