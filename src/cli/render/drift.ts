import { pointerSegments } from '../../core/json.ts';
import { type Change, type FieldChange, type Plan, pendingChanges } from '../../core/plan.ts';
import type { Paint } from '../io.ts';
import { countOf } from './diagnostics.ts';

const WHO = {
  cluster: 'changed in the cluster',
  git: 'changed in git',
  both: 'changed in the cluster and in git',
} as const;

function shown(value: FieldChange['before']): string {
  return value === undefined ? '(absent)' : typeof value === 'string' ? value : JSON.stringify(value);
}

function fieldLines({ pointer, before, after, by }: FieldChange, paint: Paint): string[] {
  const who = by === undefined ? '' : `   ${WHO[by]}`;
  return [
    `      ${pointerSegments(pointer).join('.')}${paint('dim', who)}`,
    `        in the cluster  ${paint('red', shown(before))}`,
    `        in git          ${paint('green', shown(after))}`,
  ];
}

function what({ action, reason, steps }: Change): string {
  if (action === 'create') return reason ?? 'gone from the cluster';
  return reason ?? `heals by: ${steps.join(', ')}`;
}

/** In one line, without values: a log is read by more people than a cluster. */
export function whatDiffers(change: Change): string {
  const fields = change.fields.map(({ pointer, by }) => {
    const who = by === undefined ? '' : ` ${WHO[by]}`;
    return `${pointerSegments(pointer).join('.')}${who}`;
  });
  return fields.length === 0 ? what(change) : fields.join(', ');
}

/** What people read of a drift: who changed which field, and what fell over. */
export function renderDrift(made: Plan, drifted: readonly Change[], paint: Paint): string {
  const lines: string[] = [];
  const known = countOf(made.changes.length, 'resource');
  if (drifted.length === 0) lines.push(`No drift: ${known} as the last apply left them.`);
  else {
    for (const change of drifted) {
      lines.push(`${paint('yellow', `  ~ ${change.address}`)}  ${what(change)}`);
      lines.push(...change.fields.flatMap((field) => fieldLines(field, paint)));
    }
    lines.push(`Drift: ${drifted.length} of ${known} not as the last apply left them.`);
  }
  const waiting = pendingChanges(made).length - drifted.length;
  if (waiting > 0)
    lines.push(`${countOf(waiting, 'change')} in git not applied yet: rerankctl plan shows them.`);
  return `${lines.join('\n')}\n`;
}
