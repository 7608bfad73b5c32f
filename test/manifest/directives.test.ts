import { describe, expect, it } from 'vitest';
import { dig } from '../../src/core/json.ts';
import { Reference, Sensitive } from '../../src/core/value.ts';
import { folderWith, group, loadFiles, loadText, placed } from './support.ts';

const INDEX = (settings: string): string =>
  `apiVersion: rerankctl/v1\nkind: Index\nmetadata: { name: i }\nspec:\n  settings:\n    value: ${settings}\n`;

async function read(value: string, options: Parameters<typeof loadText>[1] = {}): Promise<unknown> {
  const { resources, diagnostics } = await loadText(INDEX(value), options);
  expect(diagnostics).toEqual([]);
  return dig(resources[0], 'spec', 'settings', 'value');
}

describe('directives', () => {
  it('$ref is a reference and a dependency, at any depth', async () => {
    const { resources } = await loadText(`${group('g')}---\n${INDEX('[{ a: [{ $ref: ModelGroup/g }] }]')}`);
    expect(resources[0]?.dependsOn).toEqual(['ModelGroup/g']);
    expect(resources[0]?.spec).toEqual({ settings: { value: [{ a: [new Reference('ModelGroup/g')] }] } });
  });

  it('$env is a secret that knows where it came from', async () => {
    const value = await read('{ $env: KEY }', { env: { KEY: 'k-123' } });
    expect(value).toBeInstanceOf(Sensitive);
    expect((value as Sensitive).reveal()).toBe('k-123');
    expect((value as Sensitive).origin).toBe('$env KEY');
    expect(JSON.stringify(value)).not.toContain('k-123');
  });

  it('an empty environment variable counts as not set', async () => {
    const { diagnostics } = await loadText(INDEX('{ $env: KEY }'), { env: { KEY: '' } });
    expect(diagnostics.map(placed)).toEqual(['6:12 RCTL_ENV_MISSING']);
  });

  it('$file is the text of a file beside the manifest', async () => {
    const { resources, diagnostics } = await loadFiles({
      'deep/i.yaml': INDEX('{ $file: ../texts/a.txt }'),
      'texts/a.txt': 'two\nlines\n',
    });
    expect(diagnostics).toEqual([]);
    expect(resources[0]?.spec).toEqual({ settings: { value: 'two\nlines\n' } });
  });

  it('$file reads no binary', async () => {
    const folder = await folderWith({ 'a.bin': 'a\0b' });
    const { diagnostics } = await loadText(INDEX('{ $file: a.bin }'), { cwd: folder });
    expect(diagnostics.map(placed)).toEqual(['6:12 RCTL_FILE_NOT_TEXT']);
  });

  it.each([
    ['2', 2],
    ['true', true],
    ['text', 'text'],
    ['1.0', '1.0'],
    ['', null],
    ['[a', '[a'],
    ['"2"', '2'],
    ['007', '007'],
    ['{a: 1}', '{a: 1}'],
  ])('$var %s', async (given, expected) => {
    expect(await read('{ $var: it }', { vars: { it: given } })).toBe(expected);
  });

  it('$var takes no property that every object has', async () => {
    const { diagnostics } = await loadText(INDEX('{ $var: constructor }'));
    expect(diagnostics.map(placed)).toEqual(['6:12 RCTL_VAR_MISSING']);
  });

  it('$join puts texts together', async () => {
    expect(await read('{ $join: [a, 1, true, { $var: v }] }', { vars: { v: 'z' } })).toBe('a1truez');
  });

  it('$join is a secret as soon as a part of it is', async () => {
    const value = await read('{ $join: ["Bearer ", { $env: KEY }] }', { env: { KEY: 'k' } });
    expect((value as Sensitive).reveal()).toBe('Bearer k');
    expect((value as Sensitive).origin).toBe('$env KEY');
  });

  it('leaves placeholders of the API and objects of several keys alone', async () => {
    expect(await read('"${parameters.model}"')).toBe('${parameters.model}');
    expect(await read('{ $id: 1, $schema: x }')).toEqual({ $id: 1, $schema: 'x' });
  });

  it('a failed directive causes no second error', async () => {
    const { diagnostics } = await loadText(group('g', '  access_mode: { $env: NOT_SET }\n'));
    expect(diagnostics.map(placed)).toEqual(['6:16 RCTL_ENV_MISSING']);
  });

  it('works in metadata', async () => {
    const text = group('x').replace('name: x', 'name: { $var: name }, depends_on: [{ $ref: ModelGroup/b }]');
    const { resources, diagnostics } = await loadText(`${text}---\n${group('b')}`, { vars: { name: 'a' } });
    expect(diagnostics).toEqual([]);
    expect(resources.map(({ address, dependsOn }) => [address, dependsOn])).toEqual([
      ['ModelGroup/a', ['ModelGroup/b']],
      ['ModelGroup/b', []],
    ]);
  });
});
