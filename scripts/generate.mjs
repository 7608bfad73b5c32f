// Makes, from the schemas in schemas/: src/generated/specs.ts (types), src/generated/schemas.ts (the schemas as
// values), src/generated/validators.js (compiled by Ajv, so that nothing is compiled when the command starts),
// and schemas/manifest.schema.json (for editors). Does nothing when nothing has changed; --force makes it all.
// page.mjs, which runs first, makes src/generated/page.ts.
import './page.mjs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'src/generated');
const MANIFEST = join(root, 'schemas/manifest.schema.json');
const KINDS = [
  'ClusterSettings',
  'ModelGroup',
  'Connector',
  'Model',
  'Index',
  'IndexTemplate',
  'Alias',
  'SeedData',
  'IngestPipeline',
  'SearchPipeline',
  'Verification',
];
const OUTPUTS = [
  ...['specs.ts', 'schemas.ts', 'validators.js', 'validators.d.ts'].map((name) => join(out, name)),
  MANIFEST,
];

const listed = readdirSync(join(root, 'schemas/kinds')).map((name) => name.replace('.schema.json', ''));
const others = listed.filter((name) => !KINDS.includes(name)).sort();
const names = [...KINDS.filter((name) => listed.includes(name)), ...others];
const paths = new Map(names.map((name) => [name, join(root, `schemas/kinds/${name}.schema.json`)]));
paths.set('metadata', join(root, 'schemas/metadata.schema.json'));
paths.set('config', join(root, 'schemas/config.schema.json'));

const inputs = [...paths.values(), fileURLToPath(import.meta.url), join(root, 'package-lock.json')];
const stamp = join(out, '.digest');

function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const HEADER = '// Made by scripts/generate.mjs from schemas/. Do not edit.\n';

/** The editor's schema: every value may also be a directive. */
export function manifestSchema(schemas) {
  const definitions = {
    directive: {
      description:
        'Stands for a value: another resource’s ID ($ref), an environment variable ($env), the text of a file ($file), a --var ($var), or texts put together ($join).',
      oneOf: [
        directive(
          '$ref',
          { type: 'string', pattern: '^[^/]+/.+$' },
          'The ID or name of another resource, `Kind/name`; also a dependency.',
        ),
        directive('$env', { type: 'string' }, 'An environment variable. Its value is a secret.'),
        directive('$file', { type: 'string' }, 'The text of a file, relative to the manifest.'),
        directive('$var', { type: 'string' }, 'A value given by --var name=value.'),
        directive('$join', { type: 'array' }, 'Texts put together.'),
      ],
    },
  };
  const place = (name, schema) => {
    const { $schema: _schema, title: _title, definitions: inner = {}, ...body } = describeReferences(schema);
    for (const [key, value] of Object.entries(inner)) definitions[`${name}.${key}`] = forEditors(value, name);
    definitions[name] = forEditors(body, name);
  };
  place('metadata', schemas.metadata);
  for (const name of names) place(name, schemas[name]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A manifest of rerankctl',
    description:
      'One document of a manifest file: something that the cluster is to hold, or that is to be verified.',
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata'],
    properties: {
      apiVersion: { description: 'The version of the manifest’s format.', const: 'rerankctl/v1' },
      kind: {
        description: 'What the document describes.',
        oneOf: names.map((name) => ({ const: name, description: schemas[name].description })),
      },
      metadata: { $ref: '#/definitions/metadata' },
      spec: { description: 'The body of OpenSearch’s own API.', type: 'object' },
    },
    allOf: names.map((name) => ({
      if: { required: ['kind'], properties: { kind: { const: name } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: {
        properties: { spec: { $ref: `#/definitions/${name}` } },
        ...(schemas[name].required === undefined ? {} : { required: ['spec'] }),
      },
    })),
    definitions,
  };
}

/** Beside a `$ref`, the description of what it names: an editor shows the one and does not look for the other. */
function describeReferences(schema) {
  const visit = (value) => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    const { examples, default: fallback, ...rest } = value;
    const copy = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, visit(inner)]));
    const named = schema.definitions?.[String(value.$ref).replace('#/definitions/', '')];
    return {
      ...(named?.description === undefined ? {} : { description: named.description }),
      ...copy,
      ...(fallback === undefined ? {} : { default: fallback }),
      ...(examples === undefined ? {} : { examples }),
    };
  };
  return visit(schema);
}

function directive(name, operand, description) {
  return {
    type: 'object',
    additionalProperties: false,
    required: [name],
    properties: { [name]: { ...operand, description } },
  };
}

const orDirective = (schema, name) => {
  if (schema === true || schema === false) return schema;
  const { description, default: fallback, examples, ...rest } = forEditors(schema, name);
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(examples === undefined ? {} : { examples }),
    anyOf: [rest, { $ref: '#/definitions/directive' }],
  };
};

function forEditors(schema, name) {
  const copy = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-')) {
      if (key === 'x-since') copy.description = `${schema.description} (Since OpenSearch ${value}.)`;
    } else if (key === '$ref') copy.$ref = value.replace('#/definitions/', `#/definitions/${name}.`);
    else if (key === 'properties') {
      copy.properties = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, orDirective(v, name)]));
    } else if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object')
      copy[key] = orDirective(value, name);
    else if (key === 'allOf') copy.allOf = value.map((part) => forEditors(part, name));
    else if (key !== 'description' || copy.description === undefined) copy[key] = value;
  }
  return copy;
}

/** Each `$ref` replaced by what it names, so that the place of an error in its schema can be followed from the root. */
function flatten(schema, root = schema) {
  if (Array.isArray(schema)) return schema.map((part) => flatten(part, root));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, definitions: _definitions, examples, default: fallback, ...rest } = schema;
  const flat = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, flatten(value, root)]));
  if (examples !== undefined) flat.examples = examples;
  if (fallback !== undefined) flat.default = fallback;
  // A description beside a $ref has to go through `allOf` in draft-07.
  const [only, ...others] = rest.allOf ?? [];
  if (only?.$ref !== undefined && others.length === 0) {
    const { allOf: _allOf, ...own } = flat;
    return { ...named(only.$ref, root), ...own };
  }
  return $ref === undefined ? flat : named($ref, root);
}

function named(ref, root) {
  return flatten(root.definitions[ref.replace('#/definitions/', '')], root);
}

const TITLES = { metadata: 'MetadataSpec', config: 'Config' };

async function specs(schemas) {
  const { compile } = await import('json-schema-to-typescript');
  const parts = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const title = TITLES[name] ?? `${name}Spec`;
    const text = await compile({ ...withUniqueDefinitions(schema, name), title }, title, {
      bannerComment: '',
      format: false,
      unknownAny: true,
    });
    parts.push(text);
  }
  return `${HEADER}${parts.join('\n')}`;
}

/** Types of all kinds share one file, so the names of their parts begin with the kind's. */
function withUniqueDefinitions(schema, name) {
  const text = JSON.stringify(schema).replaceAll('"#/definitions/', `"#/definitions/${name}_`);
  const copy = JSON.parse(text);
  if (copy.definitions !== undefined) {
    copy.definitions = Object.fromEntries(
      Object.entries(copy.definitions).map(([key, value]) => [`${name}_${key}`, value]),
    );
  }
  for (const key of ['oneOf', 'anyOf', 'allOf']) delete copy[key];
  const strip = (value) => {
    if (Array.isArray(value)) return value.forEach(strip);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value.allOf) && value.allOf.every((part) => part.$ref === undefined))
      delete value.allOf;
    // A named property need not fit the type of the others to be TypeScript's.
    if (value.properties !== undefined && typeof value.additionalProperties === 'object')
      value.additionalProperties = true;
    // Examples hold directives, whose $ref is none of JSON Schema's.
    delete value.examples;
    Object.values(value).forEach(strip);
  };
  strip(copy);
  return copy;
}

async function validators(schemas) {
  const [{ default: Ajv }, { default: standalone }, esbuild] = await Promise.all([
    import('ajv'),
    import('ajv/dist/standalone/index.js'),
    import('esbuild'),
  ]);
  const ajv = new Ajv.Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: false },
    schemas: Object.entries(schemas).map(([name, schema]) => ({ ...schema, $id: name })),
    keywords: ['x-since', 'x-ref', 'x-text', 'x-message', 'x-remedy', 'x-secret'],
  });
  const code = standalone.default(ajv, Object.fromEntries(Object.keys(schemas).map((name) => [name, name])));
  const contents = `${code}\n`;
  const result = await esbuild.build({
    stdin: { contents, resolveDir: root, loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
  });
  return `// @ts-nocheck\n${HEADER}${result.outputFiles[0].text}`;
}

const VALIDATOR_TYPES = `${HEADER}
export interface ValidationError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Record<string, unknown>;
  readonly message?: string;
}

export interface Validator {
  (data: unknown): boolean;
  errors?: ValidationError[] | null;
}

`;

async function main() {
  const digest = digestOf(inputs);
  const current = () => OUTPUTS.every((file) => existsSync(file)) && `${digest} ${digestOf(OUTPUTS)}`;
  const recorded = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (!process.argv.includes('--force') && recorded !== '' && recorded === current()) return;
  const schemas = Object.fromEntries(
    [...paths].map(([name, path]) => [name, JSON.parse(readFileSync(path, 'utf8'))]),
  );
  mkdirSync(out, { recursive: true });
  const flat = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, flatten(schema)]));
  const [types, code] = await Promise.all([specs(schemas), validators(flat)]);
  const declarations = [...paths.keys()].map((name) => `export declare const ${name}: Validator;\n`).join('');
  writeFileSync(join(out, 'specs.ts'), types);
  writeFileSync(
    join(out, 'schemas.ts'),
    `${HEADER}export const SCHEMAS: Readonly<Record<string, Record<string, unknown>>> = ${JSON.stringify(flat, null, 1)};\n`,
  );
  writeFileSync(join(out, 'validators.js'), code);
  writeFileSync(join(out, 'validators.d.ts'), VALIDATOR_TYPES + declarations);
  writeFileSync(MANIFEST, `${JSON.stringify(manifestSchema(schemas), null, 2)}\n`);
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--write', MANIFEST],
    { stdio: 'ignore' },
  );
  writeFileSync(stamp, String(current()));
}

await main();
