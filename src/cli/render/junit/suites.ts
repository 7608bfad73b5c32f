import type { VerificationReport } from '../../../verify/report.ts';
import { type Case, isTold } from './cases.ts';
import { element, seconds } from './xml.ts';

export function tally(cases: readonly Case[]): Record<string, string | number> {
  const errors = cases.filter(({ verdict }) => verdict === 'error').length;
  const passed = cases.filter(({ verdict }) => verdict === 'pass').length;
  const ms = cases.reduce((sum, each) => sum + (each.ms ?? 0), 0);
  return { tests: cases.length, failures: cases.length - errors - passed, errors, time: seconds(ms) };
}

export function suiteOf(
  name: string,
  cases: readonly Case[],
  properties: readonly (readonly [name: string, value: string])[],
): string {
  const told = properties.map(([key, value]) => element('property', { name: key, value }));
  return element('testsuite', { name, ...tally(cases) }, [
    ...(told.length === 0 ? [] : [element('properties', {}, told)]),
    ...cases.map((each) => testCase(name, each)),
  ]);
}

function testCase(classname: string, { name, verdict, message, details, ms, location }: Case): string {
  const attributes = {
    classname,
    name,
    time: seconds(ms ?? 0),
    file: location?.file,
    line: location?.line,
  };
  if (verdict === 'pass') return element('testcase', attributes);
  const tag = verdict === 'error' ? 'error' : 'failure';
  return element('testcase', attributes, [element(tag, { type: verdict, message }, details)]);
}

/** The figures of a verification that are no test case. */
export function propertiesOf(report: VerificationReport): [name: string, value: string][] {
  const { index, searchPipeline, measuredOn, queries, relevance, latency } = report;
  return [
    ['verdict', report.verdict],
    ['index', index],
    ['searchPipeline', searchPipeline],
    ['server', measuredOn.server ?? ''],
    ['queries', String(queries.length)],
    [
      'queries that passed without a case of their own',
      String(queries.filter((each) => !isTold(each)).length),
    ],
    ...(relevance?.measures ?? []).flatMap(({ convention, arms }) =>
      Object.entries(arms).map(([arm, { mean }]): [string, string] => [`${convention} ${arm}`, String(mean)]),
    ),
    ...Object.entries(latency).map(([arm, { p50Ms }]): [string, string] => [`p50 ${arm} ms`, String(p50Ms)]),
  ];
}
