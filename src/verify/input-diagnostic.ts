import type { Diagnostic } from '../core/diagnostic.ts';
import type { InputProblem } from './inputs/types.ts';

/** What is wrong in a file of queries, judgments or rankings, at its line there. */
export function inputDiagnostic({ severity, code, file, line, message, remedy }: InputProblem): Diagnostic {
  return { severity, code, message, remedy, location: { file, line: Math.max(line, 1), column: 1 } };
}
