import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isObject } from '../../src/core/json.ts';
import { SCHEMAS } from '../../src/generated/schemas.ts';

/** `Kind field since`, for each field of a schema that is not for every server. */
function annotated(kind: string, schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap((each) => annotated(kind, each));
  if (!isObject(schema)) return [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  const own = Object.entries(properties).flatMap(([field, value]) =>
    isObject(value) && typeof value['x-since'] === 'string' ? [`${kind} ${field} ${value['x-since']}`] : [],
  );
  return [...own, ...Object.values(schema).flatMap((value) => annotated(kind, value))];
}

test('the page about versions names every field that is not for every server', () => {
  const page = readFileSync(new URL('../../docs/versions.md', import.meta.url), 'utf8');
  const lines = page.split('\n').filter((line) => line.startsWith('| `'));
  const fields = Object.entries(SCHEMAS).flatMap(([kind, schema]) => annotated(kind, schema));
  expect(fields.length).toBeGreaterThan(5);
  for (const each of new Set(fields)) {
    const [kind = '', field = '', since = ''] = each.split(' ');
    const told = lines.some(
      (line) =>
        line.startsWith(`| \`${kind}\``) && line.includes(`${field}\``) && line.endsWith(`| ${since} |`),
    );
    expect(told, each).toBe(true);
  }
});
