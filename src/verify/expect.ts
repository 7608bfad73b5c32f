import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { cut, fieldValues, type Hit } from './hit.ts';
import type { Expectation } from './report.ts';

type Operator = 'equals' | 'contains' | 'matches';

/** One condition on one field of a hit. */
interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly operand: Json;
}

const OPERATORS: readonly string[] = ['equals', 'contains', 'matches'] satisfies Operator[];

/** `{_id: "3", passage_text: {contains: "Washington"}}`: each condition of a matcher, a scalar being `equals`. */
export function conditionsOf(matcher: JsonObject): Condition[] {
  return Object.entries(matcher).flatMap(([field, wanted]) => {
    if (!isObject(wanted)) return [{ field, operator: 'equals' as const, operand: wanted }];
    return Object.entries(wanted)
      .filter(([operator]) => OPERATORS.includes(operator))
      .map(([operator, operand]) => ({ field, operator: operator as Operator, operand: operand as Json }));
  });
}

function holds({ operator, operand }: Condition, value: unknown): boolean {
  if (operator === 'equals') return value === operand;
  if (value === null || typeof value === 'object') return false;
  const text = String(value);
  return operator === 'contains'
    ? text.includes(String(operand))
    : new RegExp(String(operand), 'u').test(text);
}

function valuesOf(hit: Hit, field: string): unknown[] {
  return field === '_id' ? [hit._id] : fieldValues(hit, field);
}

/** All conditions hold. A field with many values meets a condition when one of them does. */
export function matches(matcher: JsonObject, hit: Hit): boolean {
  return conditionsOf(matcher).every((condition) =>
    valuesOf(hit, condition.field).some((value) => holds(condition, value)),
  );
}

export function describeMatcher(matcher: JsonObject): string {
  const words = { equals: 'is', contains: 'contains', matches: 'matches' } as const;
  return conditionsOf(matcher)
    .map(({ field, operator, operand }) => {
      const shown = operator === 'matches' ? `/${String(operand)}/` : JSON.stringify(operand);
      return `${field} ${words[operator]} ${shown}`;
    })
    .join(' and ');
}

/** The hit in the words of the matcher: its ID, and the fields that the matcher asks about. */
function describeHit(hit: Hit | undefined, matcher: JsonObject): string {
  if (hit === undefined) return 'no hit';
  const fields = [...new Set(conditionsOf(matcher).map(({ field }) => field))].filter(
    (field) => field !== '_id',
  );
  const shown = fields.map((field) => {
    const values = valuesOf(hit, field);
    if (values.length === 0) return `without ${field}`;
    return `${field} ${cut(JSON.stringify(values.length === 1 ? values[0] : values), 120)}`;
  });
  return [`_id ${hit._id}`, ...shown].join(', ');
}

function matcherAt(expected: JsonObject, key: string): JsonObject | undefined {
  const found = expected[key];
  return isObject(found) ? (found as JsonObject) : undefined;
}

/** Judges the hits of the reranked arm. Each of the hits of `top` must be among the first N, N being their number. */
export function judgeExpectations(expected: JsonObject, hits: readonly Hit[]): Expectation[] {
  const [first, notFirst] = [matcherAt(expected, 'first'), matcherAt(expected, 'not_first')];
  const top = Array.isArray(expected.top) ? (expected.top.filter(isObject) as JsonObject[]) : [];
  const foundAt = (matcher: JsonObject): number | null =>
    hits.find((hit) => matches(matcher, hit))?.rank ?? null;
  const atFirst = (kind: 'first' | 'not_first', matcher: JsonObject): Expectation => {
    const hit = hits[0];
    return {
      kind,
      what: describeMatcher(matcher),
      // With no hit at all there is nothing that is not first.
      pass: hit !== undefined && matches(matcher, hit) === (kind === 'first'),
      actual: describeHit(hit, matcher),
      foundAt: foundAt(matcher),
    };
  };
  return [
    ...(first === undefined ? [] : [atFirst('first', first)]),
    ...top.map((matcher): Expectation => {
      const rank = foundAt(matcher);
      return {
        kind: 'top',
        what: `among the first ${top.length}: ${describeMatcher(matcher)}`,
        pass: rank !== null && rank <= top.length,
        actual: rank === null ? 'no such hit' : `rank ${rank}: ${describeHit(hits[rank - 1], matcher)}`,
        foundAt: rank,
      };
    }),
    ...(notFirst === undefined ? [] : [atFirst('not_first', notFirst)]),
  ];
}
