import config from '../../schemas/config.schema.json' with { type: 'json' };
import manifest from '../../schemas/manifest.schema.json' with { type: 'json' };
import output from '../../schemas/output.schema.json' with { type: 'json' };
import report from '../../schemas/report.schema.json' with { type: 'json' };
import stream from '../../schemas/stream.schema.json' with { type: 'json' };
import { KIND_NAMES } from '../manifest/schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas that a name stands for, each with what it describes. Every kind has one too. */
const WHOLE: Readonly<Record<string, () => JsonSchema>> = {
  manifest: () => manifest,
  output: () => ({ ...output, definitions: { ...output.definitions, report: named(report, 'report') } }),
  report: () => report,
  stream: () => ({
    ...stream,
    definitions: { output: named(output, 'output'), report: named(report, 'report') },
  }),
  config: () => withoutOwnWords(config),
};

/** Without what only rerankctl understands (`x-message`): strict validators refuse words that they do not know. */
function withoutOwnWords(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key.startsWith('x-') ? undefined : value)));
}

/** A schema that others find by the name of its file, without that file. */
function named(schema: JsonSchema, name: string): JsonSchema {
  return { ...schema, $id: `${name}.schema.json` };
}

export const SCHEMA_NAMES: readonly string[] = [...Object.keys(WHOLE), ...KIND_NAMES];

/** A JSON Schema (draft-07) that needs no other file: of any manifest, of one of a kind, or of what is printed. */
export function jsonSchema(name: string): JsonSchema | undefined {
  const whole = WHOLE[name];
  if (whole !== undefined) return whole();
  return KIND_NAMES.includes(name) ? manifestOf(name) : undefined;
}

export function describedAs(name: string): string {
  return String(jsonSchema(name)?.description ?? '');
}

/** The schema of manifests of one kind alone, with the definitions that it needs. */
function manifestOf(kind: string): JsonSchema {
  const { $schema, properties, required, allOf } = manifest;
  const condition = allOf.find((one) => one.if.properties.kind.const === kind);
  const definitions = manifest.definitions as Readonly<Record<string, unknown>>;
  const needed = new Set<string>();
  const collect = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/definitions\/([^"]+)"/g)) {
      if (needed.has(name)) continue;
      needed.add(name);
      collect(definitions[name]);
    }
  };
  const fields = {
    ...properties,
    kind: properties.kind.oneOf.find((one) => one.const === kind),
    spec: { $ref: `#/definitions/${kind}` },
  };
  collect(fields);
  return {
    $schema,
    title: `A manifest of the kind ${kind}`,
    description: properties.kind.oneOf.find((one) => one.const === kind)?.description,
    type: 'object',
    additionalProperties: false,
    required: [...required, ...(condition?.then.required ?? [])],
    properties: fields,
    definitions: Object.fromEntries([...needed].sort().map((name) => [name, definitions[name]])),
  };
}
