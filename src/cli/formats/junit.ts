import type { Change, Outcome } from '../../core/plan.ts';
import { type Case, casesOf } from '../render/junit/cases.ts';
import { propertiesOf, suiteOf, tally } from '../render/junit/suites.ts';
import { element } from '../render/junit/xml.ts';
import { outcomeText } from '../render/outcomes.ts';
import { fileInCheckout } from './places.ts';
import { problemsOf, type Report, type Told } from './told.ts';

/**
 * JUnit XML of any command, as CI systems read it: a suite for its problems, one for the changes that were made or for what
 * was compared, and one for each verification, with a case for the proof that the reranker ran, each gate, each canary, and
 * each query that was to meet an expectation or went wrong (what is inconclusive is a failure of that type). A run that has
 * nothing of all that is one case that passes. The exit code is a property of each suite.
 */
export function renderJunitReport(report: Report): string {
  const { command, exitCode, told, root } = report;
  const { outcomes, drifted, verifications = [] } = told;
  const suites: Suite[] = [
    { name: command, cases: problemCases(told), properties: [] },
    { name: 'changes', cases: (outcomes ?? []).map(outcomeCase), properties: [] },
    { name: 'resources', cases: drifted === undefined ? [] : driftCases(told), properties: [] },
  ].filter(({ cases }) => cases.length > 0);
  for (const verification of verifications) {
    suites.push({
      name: verification.address,
      cases: casesOf(verification),
      properties: propertiesOf(verification),
    });
  }
  if (suites.every(({ cases }) => cases.length === 0)) {
    suites.unshift({ name: command, cases: [wellEnded(report)], properties: [] });
  }
  const inside = suites.map(({ name, cases, properties }) =>
    suiteOf(
      name,
      cases.map((each) => placed(each, root)),
      [['exitCode', String(exitCode)], ...properties],
    ),
  );
  const all = suites.flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: `rerankctl ${command}`, ...tally(all) }, inside)}\n`;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly properties: readonly (readonly [name: string, value: string])[];
}

function wellEnded({ command, exitCode }: Report): Case {
  return { name: `rerankctl ${command}`, verdict: 'pass', message: '', details: `exit code ${exitCode}` };
}

function placed({ location, ...each }: Case, root: string): Case {
  const file = fileInCheckout(location, root);
  return file === undefined || location === undefined ? each : { ...each, location: { ...location, file } };
}

function problemCases({ diagnostics }: Told): Case[] {
  const errors = problemsOf({ diagnostics }).filter(({ severity }) => severity === 'error');
  return errors.map(({ code, message, remedy, address, location }) => ({
    name: [code, address, location && `${location.line}:${location.column}`].filter(Boolean).join(' '),
    verdict: 'fail',
    message,
    details: remedy === undefined ? message : `${message}\nfix: ${remedy}`,
    ...(location === undefined ? {} : { location }),
  }));
}

function outcomeCase(outcome: Outcome): Case {
  const base = { name: `${outcome.address} ${outcome.action}`, ms: outcome.tookMs };
  if (outcome.result === 'done') return { ...base, verdict: 'pass', message: '', details: '' };
  const text = outcomeText(outcome);
  if (outcome.result !== 'failed') return { ...base, verdict: 'error', message: text, details: text };
  const { error } = outcome;
  return {
    ...base,
    verdict: 'fail',
    message: error.message,
    details: [error.code, error.message, error.remedy].filter((part) => part !== undefined).join('\n'),
    ...(error.location === undefined ? {} : { location: error.location }),
  };
}

function driftCases({ plan, drifted = [] }: Told): Case[] {
  const wrong = new Map<string, Change>(drifted.map((change) => [change.address, change]));
  return (plan?.changes ?? []).map(({ address, resource }) => {
    const change = wrong.get(address);
    if (change === undefined) return { name: address, verdict: 'pass', message: '', details: '' };
    const [problem] = problemsOf({ diagnostics: [], drifted: [change] });
    const { location } = resource.locate('/spec');
    const message = problem?.message ?? '';
    return {
      name: address,
      verdict: 'fail',
      message,
      details: message,
      ...(location === undefined ? {} : { location }),
    };
  });
}
