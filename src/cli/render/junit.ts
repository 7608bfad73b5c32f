import type { Canary, Gate, QueryReport, Verdict, VerificationReport } from '../../verify/report.ts';
import { gateFigure } from './figures.ts';

interface Case {
  readonly name: string;
  readonly verdict: Verdict;
  readonly message: string;
  readonly ms?: number;
  readonly location?: Gate['location'];
}

/**
 * JUnit XML as CI systems read it: a suite for each verification; a case for the proof, each gate, each canary, and
 * each query that was to meet an expectation or went wrong.
 */
export function renderJunit(reports: readonly VerificationReport[]): string {
  const suites = reports.map(suite);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suite(report: VerificationReport): string {
  const cases = [
    ...proofCase(report.queries),
    ...report.gates.map(gateCase),
    ...report.canaries.map(canaryCase),
    ...report.queries.filter(isTold).map(queryCase),
  ];
  const count = (of: (verdict: Verdict) => boolean): number =>
    cases.filter(({ verdict }) => of(verdict)).length;
  const failures = count((verdict) => verdict === 'fail' || verdict === 'inconclusive');
  const errors = count((verdict) => verdict === 'error');
  const head = `<testsuite name="${xml(report.address)}" tests="${cases.length}" failures="${failures}" errors="${errors}">`;
  return `  ${head}\n${cases.map((each) => testCase(report.address, each)).join('')}  </testsuite>\n`;
}

function testCase(suiteName: string, { name, verdict, message, ms, location }: Case): string {
  const time = ms === undefined ? '' : ` time="${(ms / 1000).toFixed(3)}"`;
  const place = location === undefined ? '' : ` file="${xml(location.file)}" line="${location.line}"`;
  const head = `    <testcase classname="${xml(suiteName)}" name="${xml(name)}"${time}${place}`;
  if (verdict === 'pass') return `${head}/>\n`;
  const [tag, type] = verdict === 'error' ? ['error', 'error'] : ['failure', verdict];
  const said = `<${tag} type="${type}" message="${xml(message)}">${xml(message)}</${tag}>`;
  return `${head}>\n      ${said}\n    </testcase>\n`;
}

function proofCase(queries: readonly QueryReport[]): Case[] {
  const asked = queries.filter(({ proof }) => proof !== null);
  if (asked.length === 0) return [];
  const ran = asked.filter(({ proof, verdict }) => proof?.ran === true || verdict === 'pass').length;
  const whole = ran === asked.length;
  return [
    {
      name: 'the reranker ran',
      verdict: whole ? 'pass' : 'fail',
      message: `The reranker ran in ${ran} of ${asked.length} queries.`,
    },
  ];
}

function gateCase(gate: Gate): Case {
  const message = `${gate.rule}: ${gateFigure(gate)}: ${gate.because}`;
  const place = gate.location === undefined ? {} : { location: gate.location };
  return { name: gate.rule, verdict: gate.verdict, message, ...place };
}

function canaryCase({ pass, queryText, problem }: Canary, i: number): Case {
  return {
    name: queryText === '' ? `canary ${i + 1}` : `canary ${queryText}`,
    verdict: pass ? 'pass' : 'fail',
    message: problem,
  };
}

/** Thousands of queries that only feed the figures are no test cases. */
function isTold({ expectations, verdict }: QueryReport): boolean {
  return expectations.length > 0 || verdict !== 'pass';
}

function queryCase(query: QueryReport): Case {
  const { id, queryText, verdict, error, proof, expectations, reranked } = query;
  const problems = [
    ...(error === undefined ? [] : [error.message]),
    ...(proof?.reasons ?? []).map(({ message, remedy }) => `${message} ${remedy}`),
    ...expectations
      .filter(({ pass }) => !pass)
      .map(({ what, actual }) => `expected ${what}; there is ${actual}`),
  ];
  return {
    name: queryText === '' ? id : `${id}: ${queryText}`,
    verdict,
    message: problems.join('\n'),
    ...(reranked === null ? {} : { ms: reranked.elapsedMs }),
  };
}

/** Text that XML 1.0 allows: it has no way to write most control characters and half surrogates. */
function xml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
