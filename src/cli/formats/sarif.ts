import { CODES } from '../../catalogue/codes.ts';
import type { Diagnostic, SourceLocation } from '../../core/diagnostic.ts';
import { VERSION } from '../../core/version.ts';
import { EXIT_MEANINGS } from '../exit.ts';
import { fileInCheckout } from './places.ts';
import { problemsOf, type Report } from './told.ts';

/** GitHub keeps 5,000 results of a run. */
const MOST_RESULTS = 5_000;
const LEVEL_OF = { error: 'error', warning: 'warning', note: 'note' } as const;

/**
 * SARIF 2.1.0 (OASIS): one run, a rule for each code, a result for each problem that has a place in the checkout. What has
 * none, such as a cluster that does not answer, is a notification: GitHub refuses a file with a result without a place.
 */
export function renderSarif({ command, exitCode, told, root }: Report): string {
  const problems = problemsOf(told);
  const placed = problems.flatMap((problem) => {
    const { location } = problem;
    const file = fileInCheckout(location, root);
    return file === undefined || location === undefined ? [] : [{ problem, file, location }];
  });
  const elsewhere = problems.filter(({ location }) => fileInCheckout(location, root) === undefined);
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'rerankctl', semanticVersion: VERSION, rules: codes.map(rule) } },
        invocations: [
          {
            executionSuccessful: elsewhere.every(({ severity }) => severity !== 'error'),
            exitCode,
            exitCodeDescription: EXIT_MEANINGS[exitCode] ?? '',
            commandLine: `rerankctl ${command}`,
            toolExecutionNotifications: [
              ...elsewhere.map((problem) => notification(problem, codes)),
              ...(placed.length > MOST_RESULTS ? [leftOut(placed.length - MOST_RESULTS)] : []),
            ],
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: placed.slice(0, MOST_RESULTS).map((each) => result(each, codes)),
      },
    ],
  };
  return `${JSON.stringify(sarif, null, 2)}\n`;
}

/** `encodeURI` throws at half a character. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

function rule(code: string): object {
  const meaning = CODES[code];
  return { id: code, ...(meaning === undefined ? {} : { fullDescription: { text: meaning } }) };
}

function notification(problem: Diagnostic, codes: readonly string[]): object {
  return {
    level: LEVEL_OF[problem.severity],
    message: { text: textOf(problem) },
    descriptor: { id: problem.code, index: codes.indexOf(problem.code) },
    ...(problem.address === undefined ? {} : { locations: [logicalLocations(problem)] }),
  };
}

function leftOut(count: number): object {
  return { level: 'warning', message: { text: `${count} more problems are left out.` } };
}

interface Placed {
  readonly problem: Diagnostic;
  readonly file: string;
  readonly location: SourceLocation;
}

function result({ problem, file, location }: Placed, codes: readonly string[]): object {
  const physicalLocation = {
    artifactLocation: { uri: encodeURI(wellFormed(file)), uriBaseId: '%SRCROOT%' },
    region: { startLine: location.line, startColumn: location.column },
  };
  return {
    ruleId: problem.code,
    ruleIndex: codes.indexOf(problem.code),
    level: LEVEL_OF[problem.severity],
    message: { text: textOf(problem) },
    locations: [{ physicalLocation, ...logicalLocations(problem) }],
  };
}

function textOf({ message, remedy }: Diagnostic): string {
  return remedy === undefined ? message : `${message} ${remedy}`;
}

function logicalLocations({ address }: Diagnostic): object {
  return address === undefined
    ? {}
    : { logicalLocations: [{ fullyQualifiedName: address, kind: 'resource' }] };
}
