import { difference, MASKED_BEFORE } from '../../core/difference.ts';
import { isObject, type Json, pointerTo, sameJson } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { Sensitive, toShownJson, type Value, type ValueObject } from '../../core/value.ts';
import type { Recorded } from '../kind.ts';
import { normalisedOf, withoutNormalised } from '../normalised.ts';
import type { LiveIndex } from './live.ts';
import { mappingDifference } from './mappings.ts';
import { flattenSettings, settingText } from './settings.ts';
import { withdrawn } from './withdrawn.ts';

function settingsDifference(
  live: LiveIndex,
  spec: ValueObject,
  recorded: Recorded | undefined,
): FieldChange[] {
  const declared = flattenSettings(spec.settings);
  const changes: FieldChange[] = [];
  for (const [name, { value, pointer }] of declared) {
    const before = live.settings[name] as Json | undefined;
    if (sameJson(settingText(before), settingText(value))) continue;
    const shown = value instanceof Sensitive ? MASKED_BEFORE : before;
    changes.push({
      pointer,
      ...(before === undefined || shown === undefined ? {} : { before: shown }),
      after: toShownJson(value),
    });
  }
  // Applied by us earlier and gone from the manifest: set back to its default.
  for (const [name] of flattenSettings((recorded?.applied?.settings ?? undefined) as Value | undefined)) {
    const before = live.settings[name] as Json | undefined;
    if (!declared.has(name) && before !== undefined) {
      changes.push({ pointer: pointerTo('/settings', name), before });
    }
  }
  return changes;
}

/** `routing` is written, `index_routing` and `search_routing` are read. */
function asWritten(alias: unknown): unknown {
  if (!isObject(alias) || alias.index_routing === undefined) return alias;
  return alias.index_routing === alias.search_routing ? { ...alias, routing: alias.index_routing } : alias;
}

function aliasesDifference(
  live: LiveIndex,
  spec: ValueObject,
  recorded: Recorded | undefined,
): FieldChange[] {
  const declared = isObject(spec.aliases) ? (spec.aliases as ValueObject) : {};
  const held = Object.fromEntries(
    Object.entries(live.aliases).map(([name, body]) => [name, asWritten(body)]),
  );
  const changes = difference(held, declared, { keys: 'declared' }, '/aliases');
  const applied = isObject(recorded?.applied?.aliases) ? recorded.applied.aliases : {};
  return [...changes, ...withdrawn(applied, declared, held, '/aliases')];
}

/** Differences between what the manifest declares and what the index holds, before anything is known of history. */
export function rawDifference(
  live: LiveIndex,
  spec: ValueObject,
  recorded: Recorded | undefined,
): FieldChange[] {
  return [
    ...settingsDifference(live, spec, recorded),
    ...mappingDifference(live.mappings, spec.mappings, recorded?.applied?.mappings),
    ...aliasesDifference(live, spec, recorded),
  ];
}

/** As `rawDifference`, without what is only the server's own way of writing what we sent. */
export function indexDifference(
  live: LiveIndex,
  spec: ValueObject,
  recorded: Recorded | undefined,
): FieldChange[] {
  return withoutNormalised(rawDifference(live, spec, recorded), recorded);
}

export function normalisedByServer(live: LiveIndex, spec: ValueObject): { [pointer: string]: Json } {
  return normalisedOf(rawDifference(live, spec, undefined));
}
