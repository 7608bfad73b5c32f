import { difference } from '../../core/difference.ts';
import { dig, isObject, pointerSegments, pointerTo, sameJson } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { isLeaf, toShownJson, type Value } from '../../core/value.ts';
import { aliasAsReturned, inSameWords } from '../alias-body.ts';
import type { Recorded } from '../kind.ts';
import { withoutNormalised } from '../normalised.ts';
import { flattenSettings, settingText } from '../settings.ts';
import type { LiveTemplate } from './live.ts';

const EXACT = { keys: 'exact' } as const;

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) && !isLeaf(value) ? value : {};
}

/** All but `template`; what the server fills in (2.19.1, 3.6.0) stands in both. */
function frame(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { template: _template, composed_of, data_stream, ...rest } = body;
  const parts = Array.isArray(composed_of) && composed_of.length === 0 ? undefined : composed_of;
  const stream =
    isObject(data_stream) && !isLeaf(data_stream)
      ? { timestamp_field: { name: '@timestamp' }, ...data_stream }
      : data_stream;
  return {
    ...rest,
    ...(parts === undefined ? {} : { composed_of: parts }),
    ...(stream === undefined ? {} : { data_stream: stream }),
  };
}

const SETTINGS = '/template/settings';

function settingsDifference(live: unknown, declared: unknown, applied: unknown): FieldChange[] {
  const [held, wanted, was] = [live, declared, applied].map((settings) =>
    flattenSettings(settings as Value | undefined, SETTINGS),
  );
  const names = new Set([...(wanted?.keys() ?? []), ...(held?.keys() ?? [])]);
  return [...names].flatMap((name): FieldChange[] => {
    const now = wanted?.get(name);
    const before = settingText(held?.get(name)?.value);
    if (sameJson(before, settingText(now?.value))) return [];
    const pointer = now?.pointer ?? was?.get(name)?.pointer ?? pointerTo(SETTINGS, name);
    return [
      {
        pointer,
        ...(before === undefined ? {} : { before }),
        ...(now === undefined ? {} : { after: toShownJson(now.value) }),
      },
    ];
  });
}

const ALIASES = '/template/aliases';

function aliasesDifference(live: unknown, declared: unknown, applied: unknown): FieldChange[] {
  const [held, wanted] = [objectOf(live), objectOf(declared)];
  const both = Object.keys(wanted)
    .filter((name) => isObject(held[name]) && isObject(wanted[name]) && !isLeaf(wanted[name]))
    .map((name) => [name, inSameWords(objectOf(held[name]), objectOf(wanted[name]))] as const);
  const before = { ...held, ...Object.fromEntries(both.map(([name, words]) => [name, words.live])) };
  const after = { ...wanted, ...Object.fromEntries(both.map(([name, words]) => [name, words.declared])) };
  return difference(before, after as Value, EXACT, ALIASES).map((field) => {
    const [name = ''] = pointerSegments(field.pointer.slice(ALIASES.length));
    // A whole alias that has left the manifest is as it was applied, in the server's words.
    const was = objectOf(dig(applied, name));
    return sameJson(field.before, aliasAsReturned(was)) ? { ...field, by: 'git' } : field;
  });
}

/** Every difference between a template and its manifest: a PUT replaces it as a whole. */
export function rawDifference(
  live: LiveTemplate,
  spec: Readonly<Record<string, unknown>>,
  recorded: Recorded | undefined,
): FieldChange[] {
  const applied = objectOf(recorded?.applied?.template);
  const [held, wanted] = [objectOf(live.template), objectOf(spec.template)];
  return [
    ...difference(frame(live), frame(spec) as Value, EXACT),
    ...settingsDifference(held.settings, wanted.settings, applied.settings),
    ...difference(held.mappings ?? {}, (wanted.mappings ?? {}) as Value, EXACT, '/template/mappings'),
    ...aliasesDifference(held.aliases, wanted.aliases, applied.aliases),
  ];
}

export function templateDifference(
  live: LiveTemplate,
  spec: Readonly<Record<string, unknown>>,
  recorded: Recorded | undefined,
): FieldChange[] {
  return withoutNormalised(rawDifference(live, spec, recorded), recorded);
}
