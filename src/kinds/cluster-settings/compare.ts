import { isObject, type Json, pointerTo, sameJson } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { toShownJson, type Value } from '../../core/value.ts';
import type { Recorded } from '../kind.ts';
import { listSettings, type Setting, settingText } from '../settings.ts';
import type { LiveSettings, Settings } from './live.ts';

const AT = '/persistent';

export function settingsOf(spec: Readonly<Record<string, unknown>> | undefined): Setting[] {
  return listSettings(spec?.persistent as Value | undefined, AT);
}

/** What was set before the first apply, by name; `null`: nothing. Also what a run that was killed had written down. */
export function previousOf(recorded: Recorded | undefined): Settings {
  const { facts, intent } = recorded ?? {};
  const known = (from: unknown): Settings => (isObject(from) ? (from as Settings) : {});
  return { ...known(intent?.previous), ...known(facts?.previous) };
}

/** As the server holds it; `undefined` where nothing is set. */
function held(live: LiveSettings, name: string): Json | undefined {
  return settingText(live.persistent[name]);
}

export interface Comparison {
  readonly fields: readonly FieldChange[];
  /** What to send. */
  readonly values: Settings;
  /** What to remember for when a setting leaves the manifest. */
  readonly previous: Settings;
  /** Settings that have left the manifest. */
  readonly left: readonly string[];
}

/**
 * Setting by setting: what the manifest names has its value, what has left the manifest has the one from before.
 */
export function compare(
  live: LiveSettings,
  spec: Readonly<Record<string, unknown>>,
  recorded: Recorded | undefined,
): Comparison {
  const declared = settingsOf(spec);
  const remembered = previousOf(recorded);
  const fields: FieldChange[] = [];
  const values: Record<string, Json> = {};
  const previous: Record<string, Json> = {};
  for (const { name, value, pointer } of declared) {
    const before = held(live, name);
    previous[name] = (Object.hasOwn(remembered, name) ? remembered[name] : before) ?? null;
    if (sameJson(before, settingText(value))) continue;
    values[name] = settingText(value) ?? null;
    fields.push({ pointer, ...(before === undefined ? {} : { before }), after: toShownJson(value) });
  }
  const applied = new Map(settingsOf(recorded?.applied).map(({ name, pointer }) => [name, pointer]));
  const left = Object.keys(remembered).filter((name) => !Object.hasOwn(previous, name));
  for (const name of left) {
    const before = held(live, name);
    const after = settingText(remembered[name]);
    if (sameJson(before, after)) continue;
    values[name] = after ?? null;
    fields.push({
      pointer: applied.get(name) ?? pointerTo(AT, name),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  }
  return { fields, values, previous, left };
}

/** Those to be put back when all of them leave, as far as they are not so already. */
export function toPutBack(live: LiveSettings, recorded: Recorded): Settings {
  return Object.fromEntries(
    Object.entries(previousOf(recorded)).filter(
      ([name, value]) => !sameJson(held(live, name), settingText(value)),
    ),
  );
}

/** A transient setting counts more than a persistent one, until it is removed or all nodes have restarted. */
export function overridden(live: LiveSettings, names: readonly string[]): string[] {
  return names
    .filter((name) => live.transient[name] !== undefined)
    .map(
      (name) =>
        `${name} has no effect: it is also set transient, to ${JSON.stringify(live.transient[name])}, and that counts more. Remove it with: PUT /_cluster/settings {"transient": {"${name}": null}}`,
    );
}
