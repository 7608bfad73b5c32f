import type { Change, Outcome } from '../../core/plan.ts';
import { type Case, casesOf } from '../render/junit/cases.ts';
import { element } from '../render/junit/xml.ts';
import { propertiesOf, suiteOf, tally } from '../render/junit.ts';
import { outcomeText } from '../render/outcomes.ts';
import { fileInCheckout } from './places.ts';
import { problemsOf, type Report, type Told } from './told.ts';

/**
 * JUnit XML of any command: a suite for its problems, one for the changes that were made or for what was compared, and one
 * for each verification. A run without any problem is one case that passes.
 */
export function renderJunitReport(report: Report): string {
  const { command, told, root } = report;
  const suites = [
    { name: command, cases: problemCases(report) },
    ...(told.outcomes === undefined ? [] : [{ name: 'changes', cases: told.outcomes.map(outcomeCase) }]),
    ...(told.drifted === undefined ? [] : [{ name: 'resources', cases: driftCases(told) }]),
  ].map(({ name, cases }) => ({ name, cases: cases.map((each) => placed(each, root)) }));
  const measured = (told.verifications ?? []).map((verification) => ({
    verification,
    cases: casesOf(verification),
  }));
  const inside = [
    ...suites.map(({ name, cases }) => suiteOf(name, cases, [])),
    ...measured.map(({ verification, cases }) =>
      suiteOf(verification.address, cases, propertiesOf(verification)),
    ),
  ];
  const all = [...suites, ...measured].flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: `rerankctl ${command}`, ...tally(all) }, inside)}\n`;
}

function placed({ location, ...each }: Case, root: string): Case {
  const file = fileInCheckout(location, root);
  return file === undefined || location === undefined ? each : { ...each, location: { ...location, file } };
}

function problemCases({ command, exitCode, told }: Report): Case[] {
  const errors = problemsOf({ diagnostics: told.diagnostics }).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) {
    const done = { name: `rerankctl ${command}`, message: '', details: `exit code ${exitCode}` };
    return [{ ...done, verdict: 'pass' }];
  }
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
