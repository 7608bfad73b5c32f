import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadManifests } from '../../src/manifest/load.ts';
import { folderWith, group, loadText } from './support.ts';

const NONE = { env: {}, vars: {} };

describe('inputs', () => {
  it('are files, folders and globs; hidden folders and node_modules are not looked into', async () => {
    const cwd = await folderWith({
      'a.yaml': group('a'),
      'deep/er/b.yml': `# only\n---\n---\n${group('b')}---\n`,
      'deep/c.json': JSON.stringify({ apiVersion: 'rerankctl/v1', kind: 'Index', metadata: { name: 'c' } }),
      'deep/notes.txt': 'no manifest',
      'node_modules/x/d.yaml': 'no: manifest\n',
      '.github/workflow.yaml': 'no: manifest\n',
      'empty.yaml': '\n# nothing\n',
    });
    const all = await loadManifests(['.'], { cwd, ...NONE });
    expect(all.diagnostics).toEqual([]);
    expect(all.files.map((file) => file.slice(cwd.length + 1))).toEqual([
      'a.yaml',
      'deep/c.json',
      'deep/er/b.yml',
      'empty.yaml',
    ]);
    expect(all.resources.map(({ address }) => address)).toEqual(['Index/c', 'ModelGroup/a', 'ModelGroup/b']);
    expect(all.resources.map(({ folder }) => folder)).toEqual([join(cwd, 'deep'), cwd, join(cwd, 'deep/er')]);

    const some = await loadManifests(['deep/**/*.yml', 'a.yaml', './a.yaml', join(cwd, 'a.yaml')], {
      cwd,
      ...NONE,
    });
    expect(some.diagnostics).toEqual([]);
    expect(some.files).toHaveLength(2);
  });

  it('may come through a pipe, together with files', async () => {
    const cwd = await folderWith({ 'a.yaml': group('a') });
    const loaded = await loadManifests(['-', 'a.yaml'], { cwd, ...NONE, stdin: async () => group('b') });
    expect(loaded.files).toEqual([join(cwd, 'a.yaml'), '<stdin>']);
    expect(loaded.resources).toHaveLength(2);
    expect(loaded.resources[1]?.folder).toBe(cwd);
  });

  it('that are not there are each an error, and no reference is blamed for them', async () => {
    const cwd = await folderWith({
      'empty/notes.txt': '',
      'm.yaml': group('m').replace('name: m', 'name: m, depends_on: [Index/i]'),
    });
    const { diagnostics } = await loadManifests(['m.yaml', 'nowhere', 'empty', 'x/*.yaml'], { cwd, ...NONE });
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'RCTL_FILE_NOT_FOUND',
      'RCTL_NO_MANIFESTS',
      'RCTL_NO_MANIFESTS',
    ]);
  });

  it('that are no text are an error', async () => {
    const cwd = await folderWith({ 'a.yaml': 'a\0' });
    const { diagnostics } = await loadManifests(['.'], { cwd, ...NONE });
    expect(diagnostics.map(({ code }) => code)).toEqual(['RCTL_FILE_ENCODING']);
  });
});

describe('a place in a manifest', () => {
  const TEXT = `\ufeff# comment
apiVersion: rerankctl/v1
kind: Index
metadata: { name: i, labels: { a: b } }
spec:
  settings: &s
    number_of_replicas: 0
    list:
      - one
      - { two: 2 }
  mappings:
    <<: *s
    empty:
`;
  it.each([
    ['', '2:1'],
    ['/kind', '3:7'],
    ['/metadata', '4:11'],
    ['/metadata/labels/a', '4:35'],
    ['/spec', '5:1'],
    ['/spec/settings/number_of_replicas', '7:25'],
    ['/spec/settings/list/0', '9:9'],
    ['/spec/settings/list/1/two', '10:16'],
    ['/spec/settings/nowhere/at/all', '6:3'],
    ['/spec/mappings/number_of_replicas', '7:25'],
    ['/spec/mappings/empty', '13:5'],
    ['/nothing', '2:1'],
  ])('%s', async (pointer, expected) => {
    const { resources, diagnostics } = await loadText(TEXT);
    expect(diagnostics).toEqual([]);
    const { location, snippet } = resources[0]?.locate(pointer) ?? {};
    expect(`${location?.line}:${location?.column}`).toBe(expected);
    expect(snippet).toBe(TEXT.split('\n')[(location?.line ?? 0) - 1]);
  });
});
