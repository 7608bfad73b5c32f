import { type Diagnostic, sortDiagnostics } from '../../core/diagnostic.ts';
import { type Change, type Outcome, type Plan, pendingChanges } from '../../core/plan.ts';
import type { Resource } from '../../core/resource.ts';
import type { Gate, VerificationReport } from '../../verify/report.ts';
import { casesOf } from '../render/junit/cases.ts';

/** What a command has found, in the parts that every format knows how to show. */
export interface Told {
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
  /** Of the plan: what in the cluster is not as it was applied. */
  readonly drifted?: readonly Change[];
  readonly outcomes?: readonly Outcome[];
  readonly verifications?: readonly VerificationReport[];
  /** Of the manifests, for the places of what names them, where there is no plan. */
  readonly resources?: readonly Resource[];
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

/** What a run comes to, in numbers. */
export function countsOf({
  plan,
  drifted = [],
  outcomes = [],
}: Told): Record<'pending' | 'drifted' | 'applied' | 'failed', number> {
  const ended = (result: Outcome['result']): number =>
    outcomes.filter((outcome) => outcome.result === result).length;
  return {
    pending: plan === undefined ? 0 : pendingChanges(plan).length,
    drifted: drifted.length,
    applied: ended('done'),
    failed: ended('failed'),
  };
}

const LEVELS = ['error', 'warning', 'note'] as const;
/** Of a verification: the others are counted. */
const MOST_CASES = 50;

/**
 * Everything that has a place or a remedy, the failures of an apply and what verifications found among it, each once, the
 * worst first. What names a resource stands at its manifest where it has no place of its own.
 */
export function problemsOf(told: Told): Diagnostic[] {
  const { diagnostics, drifted, outcomes, verifications } = told;
  const all = [
    ...diagnostics,
    ...(drifted ?? []).map(driftProblem),
    ...(outcomes ?? []).flatMap((outcome) =>
      outcome.result === 'failed' ? [outcome.error, ...outcome.details] : [],
    ),
    ...(verifications ?? []).flatMap((report) => [
      ...report.gates.flatMap((gate) => gateProblem(report, gate)),
      ...caseProblems(report),
    ]),
  ];
  const places = resourcesOf(told);
  const placed = sortDiagnostics(
    all.map((problem) => {
      const resource = problem.location === undefined ? places.get(problem.address ?? '') : undefined;
      const location = resource?.locate('/metadata/name').location;
      return location === undefined ? problem : { ...problem, location };
    }),
  );
  return LEVELS.flatMap((level) => placed.filter(({ severity }) => severity === level));
}

function resourcesOf({ plan, resources = [] }: Told): Map<string, Resource> {
  const planned = plan?.changes.map(({ resource }) => resource) ?? [];
  const all = [...resources, ...planned, ...(plan?.verifications ?? [])];
  return new Map(all.map((resource) => [resource.address, resource]));
}

/** What a verification found beside its gates: the proof that the reranker ran, canaries, queries. */
function caseProblems(report: VerificationReport): Diagnostic[] {
  const wrong = casesOf({ ...report, gates: [] }).filter(({ verdict }) => verdict !== 'pass');
  const problem = (message: string, remedy?: string): Diagnostic => ({
    severity: 'error',
    code: 'RCTL_VERIFICATION_FAILED',
    message,
    ...(remedy === undefined ? {} : { remedy }),
    address: report.address,
  });
  const left = wrong.length - MOST_CASES;
  return [
    ...wrong.slice(0, MOST_CASES).map(({ name, message, remedy }) => problem(`${name}: ${message}`, remedy)),
    ...(left > 0 ? [problem(`${left} more queries went wrong.`)] : []),
  ];
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
      address,
      ...(location === undefined ? {} : { location }),
    },
  ];
}
