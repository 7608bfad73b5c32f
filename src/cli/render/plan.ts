import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import { hasErrors } from '../../core/diagnostic.ts';
import type { Json } from '../../core/json.ts';
import { pointerSegments } from '../../core/json.ts';
import { type Action, type Change, type FieldChange, type Plan, pendingChanges } from '../../core/plan.ts';
import { leavesOf, Reference, type Value } from '../../core/value.ts';
import type { Paint } from '../io.ts';
import { countOf } from './diagnostics.ts';

type Tone = 'green' | 'yellow' | 'magenta' | 'red' | 'cyan' | 'dim';

const SYMBOL: Readonly<Record<Action, readonly [string, Tone]>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  replace: ['+/-', 'magenta'],
  delete: ['-', 'red'],
  adopt: ['<=', 'cyan'],
  move: ['=>', 'cyan'],
  forget: ['x', 'yellow'],
  none: [' ', 'dim'],
};

/** The fields of a change that nobody knows yet: `(known after apply: model_id)`. */
function unknownFields(change: Change, pending: ReadonlySet<string>): string[] {
  const names: string[] = [];
  const visit = (value: Value, name: string): void => {
    if (value instanceof Reference) {
      if (pending.has(value.address)) names.push(name);
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, name);
    } else if (
      typeof value === 'object' &&
      value !== null &&
      leavesOf(value).length > 0 &&
      value.constructor === Object
    ) {
      for (const [key, item] of Object.entries(value)) visit(item as Value, key);
    }
  };
  visit(change.resource.spec, '');
  return [...new Set(names)];
}

/** Who is to blame is said where it is not the manifest alone. */
export const BY = {
  cluster: ' (changed in the cluster)',
  both: ' (changed in the cluster, too)',
  git: '',
} as const;

function fieldLines(field: FieldChange, paint: Paint): string[] {
  const name = pointerSegments(field.pointer).join('.');
  const who = field.by === undefined ? '' : paint('dim', BY[field.by]);
  const lines: string[] = [];
  const before = text(field.before);
  const after = text(field.after);
  if (!before.includes('\n') && !after.includes('\n') && before.length + after.length < 90) {
    if (field.before === undefined) return [`      ${name}: ${paint('green', after)}${who}`];
    if (field.after === undefined) return [`      ${name}: ${paint('red', before)} → (removed)${who}`];
    return [`      ${name}: ${paint('red', before)} → ${paint('green', after)}${who}`];
  }
  lines.push(`      ${name}:${who}`);
  for (const line of patchLines(field)) {
    const tone = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim';
    lines.push(`        ${paint(tone, line)}`);
  }
  return lines;
}

/** The differences of a value as lines of a unified diff, without its head. */
export function patchLines({ before, after }: FieldChange): string[] {
  const [old = '', now = ''] = [before, after].map((value) =>
    value === undefined ? '' : `${valueText(value)}\n`,
  );
  const patch = createTwoFilesPatch('', '', old, now, '', '', { context: 2 });
  // Its own head, and what it says of missing line ends, tell nothing here.
  return patch
    .split('\n')
    .slice(4)
    .filter((line) => /^[ +-]/.test(line));
}

function text(value: Json | undefined): string {
  return value === undefined ? '' : valueText(value);
}

/** A value as people read it: YAML, or the text itself. */
export function valueText(value: Json): string {
  return (typeof value === 'object' ? stringify(value) : String(value)).trimEnd();
}

const COUNTED: readonly Action[] = ['create', 'update', 'replace', 'delete', 'adopt', 'move', 'forget'];

export function planCounts(plan: Plan): Record<string, number> {
  return Object.fromEntries(
    COUNTED.map((action) => [action, plan.changes.filter((change) => change.action === action).length]),
  );
}

/** The plan as people read it: one line a resource, its fields below, and the sum. */
export function renderPlan(plan: Plan, paint: Paint): string {
  const pending = pendingChanges(plan);
  const lines: string[] = [];
  if (pending.length === 0) {
    if (!hasErrors(plan.diagnostics)) lines.push(nothingToDo(plan.changes.length));
  } else {
    const width = Math.max(...pending.map((change) => change.address.length));
    const becoming = new Set(
      pending
        .filter(({ action, id, restores, keepsId }) => {
          const anew = action === 'replace' && restores === undefined && keepsId !== true;
          return anew || id === undefined;
        })
        .map(({ address }) => address as string),
    );
    for (const change of pending) lines.push(...changeLines(change, width, becoming, paint));
    const counts = planCounts(plan);
    const rare = (['adopt', 'move', 'forget'] as const)
      .filter((action) => counts[action] !== 0)
      .map((action) => `, ${counts[action]} to ${action}`);
    lines.push(
      `Plan: ${counts.create} to create, ${counts.update} to update, ${counts.replace} to replace, ${counts.delete} to delete${rare.join('')}.`,
    );
  }
  for (const change of plan.changes) {
    for (const note of change.notes) lines.push(`${paint('cyan', 'note:')} ${change.address}: ${note}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function nothingToDo(resources: number): string {
  return `No changes: ${countOf(resources, 'resource')} ${resources === 1 ? 'matches its manifest' : 'match the manifests'}.`;
}

function changeLines(change: Change, width: number, becoming: ReadonlySet<string>, paint: Paint): string[] {
  const [symbol, tone] = SYMBOL[change.action];
  const unknown = unknownFields(change, becoming);
  const steps = change.steps.join(', ');
  const what =
    change.action === 'create' || change.action === 'delete'
      ? steps
      : [change.action, steps].filter((part) => part !== '' && part !== 'update').join(': ');
  const head = [
    `${paint(tone, `${symbol.padStart(3)} ${change.address.padEnd(width)}`)}  `,
    (what === '' ? change.action : what).padEnd(unknown.length > 0 ? 24 : 0),
    unknown.length > 0 ? ` ${paint('dim', `(known after apply: ${unknown.join(', ')})`)}` : '',
  ].join('');
  return [
    head.trimEnd(),
    ...(change.movedFrom === undefined ? [] : [paint('dim', `      was ${change.movedFrom}`)]),
    ...(change.reason === undefined ? [] : [paint('dim', `      because ${change.reason}`)]),
    ...(change.destructive === undefined ? [] : [paint('red', `      ${change.destructive}`)]),
    ...change.fields.flatMap((field) => fieldLines(field, paint)),
  ];
}

/** The plan as `--output json` gives it: see `schemas/output.schema.json`. */
export function planJson(plan: Plan): Record<string, unknown> {
  return {
    stack: plan.stack,
    cluster: plan.cluster,
    summary: planCounts(plan),
    changes: plan.changes.map(
      ({ resource: _resource, facts: _facts, keepsObject: _keeps, keepsId: _id, ...change }) => change,
    ),
    diagnostics: plan.diagnostics,
  };
}
