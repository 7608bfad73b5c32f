import type { SourceLocation } from '../../../core/diagnostic.ts';
import { whyUnmeasured } from '../../../verify/relevance.ts';
import type { Canary, Gate, QueryReport, Verdict, VerificationReport } from '../../../verify/report.ts';
import { gateFigure } from '../figures.ts';
import { saidOf, troublesOf } from '../verification/troubles.ts';

export interface Case {
  readonly name: string;
  readonly verdict: Verdict;
  /** What is wrong, in one line; empty when it passes. */
  readonly message: string;
  /** The whole of it, with what to do. */
  readonly details: string;
  /** What to do about `message`. */
  readonly remedy?: string | undefined;
  readonly ms?: number;
  readonly location?: SourceLocation;
}

/** The cases of a verification: the proof, judgments that measured nothing, each gate, each canary, each query to tell of. */
export function casesOf(report: VerificationReport): Case[] {
  return [
    ...proofCase(report.queries),
    ...unmeasuredCase(report),
    ...report.gates.map(gateCase),
    ...report.canaries.map(canaryCase),
    ...report.queries.filter(isTold).map(queryCase),
  ];
}

/** Thousands of queries that only feed the figures are no test cases. */
export function isTold({ expectations, verdict }: QueryReport): boolean {
  return expectations.length > 0 || verdict !== 'pass';
}

function proofCase(queries: readonly QueryReport[]): Case[] {
  const asked = queries.filter(({ proof }) => proof !== null);
  if (asked.length === 0) return [];
  const silent = asked.filter(({ verdict, reranked }) => verdict === 'error' && reranked === null);
  const ran = asked.filter(({ proof }) => proof?.ran === true);
  const unproven = asked.length - ran.length - silent.length;
  const verdict = unproven > 0 ? 'fail' : silent.length > 0 ? 'error' : 'pass';
  const message = [
    `the reranker ran in ${ran.length} of ${asked.length} queries`,
    ...(silent.length === 0 ? [] : [`${silent.length} gave no answer`]),
  ].join(', ');
  const why = troublesOf(asked).flatMap(([query, ...others]) => {
    const reasons = problemsOf({ ...query, expectations: [] });
    return reasons.length === 0 ? [] : [`${query.id}${alikeText(others.length)}: ${reasons.join('\n')}`];
  });
  return [{ name: 'reranker ran', verdict, message, details: [message, ...why].join('\n') }];
}

function unmeasuredCase({ relevance }: VerificationReport): Case[] {
  const why = whyUnmeasured(relevance);
  if (why === undefined) return [];
  const { message, remedy } = why;
  const details = withRemedy(message, remedy);
  return [{ name: 'measured', verdict: 'inconclusive', message, details, remedy }];
}

function alikeText(others: number): string {
  return others === 0 ? '' : ` and ${others} more`;
}

function gateCase(gate: Gate): Case {
  const { rule, verdict, because, location, n } = gate;
  const message = `${gateFigure(gate)}: ${because}`;
  const details = [rule, message, `over ${n} ${n === 1 ? 'query' : 'queries'}`].join('\n');
  return { name: rule, verdict, message, details, ...(location === undefined ? {} : { location }) };
}

function canaryCase({ pass, queryText, problem, passages }: Canary, i: number): Case {
  const scores = passages.map(({ score, expected }, place) => {
    const wanted = expected === null ? '' : `, expected ${expected}`;
    return `passage ${place + 1}: ${score ?? 'no score'}${wanted}`;
  });
  return {
    name: queryText === '' ? `canary ${i + 1}` : `canary ${i + 1}: ${queryText}`,
    verdict: pass ? 'pass' : 'fail',
    message: problem,
    details: [problem, ...scores].join('\n'),
  };
}

function queryCase(query: QueryReport): Case {
  const { id, queryText, verdict, reranked } = query;
  const problems = problemsOf(query);
  return {
    name: queryText === '' ? `query ${id}` : `query ${id}: ${queryText}`,
    verdict,
    message: problems[0]?.split('\n')[0] ?? (verdict === 'pass' ? '' : 'it did not pass'),
    details: problems.join('\n'),
    ...(reranked === null ? {} : { ms: reranked.elapsedMs }),
  };
}

function problemsOf({ error, proof, expectations }: QueryReport): string[] {
  return [
    ...(error === undefined ? [] : [withRemedy(`${error.code}: ${error.message}`, error.remedy)]),
    ...(proof?.reasons ?? []).map((reason) => withRemedy(saidOf(reason), reason.remedy)),
    ...expectations
      .filter(({ pass }) => !pass)
      .map(({ kind, what, actual, foundAt }) => {
        const found = foundAt === null ? 'in none of the hits' : `at rank ${foundAt}`;
        return `expected ${kind.replace('_', ' ')}: ${what}\nthere is: ${actual}\nfound: ${found}`;
      }),
  ];
}

function withRemedy(message: string, remedy: string | undefined): string {
  return remedy === undefined ? message : `${message}\nfix: ${remedy}`;
}
