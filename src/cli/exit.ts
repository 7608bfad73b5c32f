import type { FailureClass } from '../core/errors.ts';

/** The one table of exit codes, for every command. */
export const EXIT = {
  done: 0,
  failed: 1,
  pending: 2,
  usage: 3,
  unreachable: 4,
  incomplete: 5,
  gateFailed: 6,
  inconclusive: 7,
  refused: 8,
  bug: 70,
  interrupted: 130,
} as const;

export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  0: 'done, or nothing to do',
  1: 'the cluster or the network failed',
  2: 'changes are pending (plan --detailed-exitcode), or drift',
  3: 'wrong usage or an invalid manifest; nothing was contacted',
  4: 'cannot connect, or not authorised',
  5: 'apply incomplete: something failed or was skipped',
  6: 'an expectation or a gate was not met (verify, and apply before searches see a change)',
  7: 'inconclusive: nothing was measured, or too little to say',
  8: 'refused before anything was changed',
  70: 'a bug in rerankctl',
  130: 'interrupted',
};

/** The table as help shows it. */
export function exitCodes(): string {
  return Object.entries(EXIT_MEANINGS)
    .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
    .join('\n');
}

const BY_FAILURE: Readonly<Record<FailureClass, number>> = {
  usage: EXIT.usage,
  manifest: EXIT.usage,
  connection: EXIT.unreachable,
  server: EXIT.failed,
  refused: EXIT.refused,
  incomplete: EXIT.incomplete,
  interrupted: EXIT.interrupted,
};

export function exitCodeOf(failure: FailureClass): number {
  return BY_FAILURE[failure];
}
