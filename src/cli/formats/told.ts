import { type Diagnostic, sortDiagnostics } from '../../core/diagnostic.ts';
import type { Change, Outcome, Plan } from '../../core/plan.ts';
import type { Gate, VerificationReport } from '../../verify/report.ts';

/** What a command has found, in the parts that every format knows how to show. */
export interface Told {
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
  /** Of the plan: what in the cluster is not as it was applied. */
  readonly drifted?: readonly Change[];
  readonly outcomes?: readonly Outcome[];
  readonly verifications?: readonly VerificationReport[];
}

/** One run of a command, as a format gets it. */
export interface Report {
  readonly command: string;
  readonly exitCode: number;
  readonly told: Told;
  /** The object of `--output json`. */
  readonly json: object;
  /** Files are shown relative to it: the checkout, so that a CI finds them. */
  readonly root: string;
  /** `false`: no text of queries and documents. */
  readonly text: boolean;
}

/** Everything that has a place or a remedy, the failures of an apply and the verdicts of gates among it, each once. */
export function problemsOf({ diagnostics, drifted, outcomes, verifications }: Told): Diagnostic[] {
  return sortDiagnostics([
    ...diagnostics,
    ...(drifted ?? []).map(driftProblem),
    ...(outcomes ?? []).flatMap((outcome) =>
      outcome.result === 'failed' ? [outcome.error, ...outcome.details] : [],
    ),
    ...(verifications ?? []).flatMap((report) => report.gates.flatMap((gate) => gateProblem(report, gate))),
  ]);
}

function driftProblem({ address, fields, reason, resource }: Change): Diagnostic {
  const what = fields.map(({ pointer, by }) => (by === undefined ? pointer : `${pointer} (by ${by})`));
  const why = [reason, what.join(', ')].filter((part) => part !== undefined && part !== '').join(': ');
  return {
    severity: 'warning',
    code: 'RCTL_DRIFT',
    message: `${address} is not as it was applied${why === '' ? '' : `: ${why}`}.`,
    remedy: 'Apply again to heal it, or take the change over into git.',
    address,
    ...resource.locate('/spec'),
  };
}

function gateProblem({ address }: VerificationReport, gate: Gate): Diagnostic[] {
  const { rule, verdict, because, location } = gate;
  if (verdict === 'pass') return [];
  const failed = verdict !== 'inconclusive';
  return [
    {
      severity: failed ? 'error' : 'warning',
      code: failed ? 'RCTL_GATE_FAILED' : 'RCTL_GATE_INCONCLUSIVE',
      message: `The gate ${rule} ${failed ? 'does not hold' : 'cannot be decided'}: ${because}`,
      address: address as Diagnostic['address'] & string,
      ...(location === undefined ? {} : { location }),
    },
  ];
}
