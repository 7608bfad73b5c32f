import { CODES } from '../../catalogue/codes.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { VERSION } from '../../core/version.ts';
import { fileInCheckout } from './places.ts';
import { problemsOf, type Report } from './told.ts';

/** GitHub keeps 5,000 results of a run. */
const MOST_RESULTS = 5_000;
const LEVEL_OF = { error: 'error', warning: 'warning', note: 'note' } as const;

/** SARIF 2.1.0 (OASIS): one run, a rule for each code, a result for each problem. */
export function renderSarif({ command, exitCode, told, root }: Report): string {
  const problems = problemsOf(told).slice(0, MOST_RESULTS);
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'rerankctl', semanticVersion: VERSION, rules: codes.map(rule) } },
        invocations: [
          { executionSuccessful: exitCode !== 70, exitCode, commandLine: `rerankctl ${command}` },
        ],
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => result(problem, codes, root)),
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

function result(problem: Diagnostic, codes: readonly string[], root: string): object {
  const { severity, code, message, remedy, location, address } = problem;
  const file = fileInCheckout(location, root);
  const physical =
    file === undefined || location === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(wellFormed(file)), uriBaseId: '%SRCROOT%' },
            region: { startLine: location.line, startColumn: location.column },
          },
        };
  const logical =
    address === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: address, kind: 'resource' }] };
  const places = { ...physical, ...logical };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVEL_OF[severity],
    message: { text: remedy === undefined ? message : `${message} ${remedy}` },
    ...(Object.keys(places).length === 0 ? {} : { locations: [places] }),
  };
}
