import type { Verdict } from '../../../verify/report.ts';
import type { Pen } from './pen.ts';

const TONE = {
  pass: ['green', 'bold'],
  fail: ['red', 'bold'],
  inconclusive: ['yellow', 'bold'],
  error: ['red', 'bold'],
} as const;

export function verdictText(verdict: Verdict, pen: Pen): string {
  return pen.paint([...TONE[verdict]], verdict.toUpperCase());
}

/** A mark that says the same without colour. */
export function verdictMark(verdict: Verdict, pen: Pen): string {
  const mark = { pass: pen.tick, fail: pen.cross, inconclusive: '?', error: '!' }[verdict];
  return pen.paint([...TONE[verdict]], mark);
}
