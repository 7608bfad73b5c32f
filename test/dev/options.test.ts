import { describe, expect, it } from 'vitest';
import { assertOptions, dataDifferences, differences } from '../../src/dev/options.ts';
import type { NodeRecord } from '../../src/dev/records.ts';
import type { NodeOptions } from '../../src/dev/types.ts';

const options: NodeOptions = {
  name: 'default',
  version: '3.6.0',
  security: false,
  nodes: 1,
  settings: {},
  javaOpts: [],
  without: [],
};

const record: NodeRecord = {
  format: 1,
  name: 'default',
  version: '3.6.0',
  security: false,
  heap: '2g',
  settings: {},
  javaOpts: [],
  without: [],
  members: [{ name: 'default-1', folder: '/cache/nodes/default/default-1', port: 9200, pid: 1 }],
};

describe('options', () => {
  it.each<[Partial<NodeOptions>, string]>([
    [{ name: '../x' }, 'DEV_OPTION_INVALID'],
    [{ nodes: 0 }, 'DEV_OPTION_INVALID'],
    [{ port: 80 }, 'DEV_OPTION_INVALID'],
    [{ heap: '2 gigabytes' }, 'DEV_OPTION_INVALID'],
    [{ without: ['opensearch-knn'] }, 'DEV_OPTION_INVALID'],
    [{ settings: { 'transport.port': '1' } }, 'DEV_OPTION_INVALID'],
    [{ security: true }, 'DEV_SECURITY_UNPUBLISHED'],
  ])('%j is refused with a remedy', (wrong, code) => {
    expect(() => assertOptions({ ...options, ...wrong })).toThrow(
      expect.objectContaining({ code, remedy: expect.stringMatching(/./) }),
    );
  });

  it('agree with a running node when they say nothing of port and heap', () => {
    expect(differences(record, options)).toEqual([]);
    expect(differences({ ...record, heap: '4g' }, options)).toEqual([]);
  });

  it('differ from a running node in words that name the option', () => {
    const other: NodeOptions = { ...options, port: 9300, settings: { a: 'b' }, without: ['opensearch-ml'] };
    expect(differences(record, other)).toEqual([
      '--port is 9200, wanted 9300',
      '--setting is [], wanted [["a","b"]]',
      '--without is [], wanted ["opensearch-ml"]',
    ]);
  });

  it('may change what the data of a stopped node does not depend on', () => {
    expect(dataDifferences(record, { ...options, settings: { a: 'b' }, heap: '4g' })).toEqual([]);
    expect(dataDifferences(record, { ...options, version: '2.19.1', nodes: 3 })).toEqual([
      '--version is "3.6.0", wanted "2.19.1"',
      '--nodes is 1, wanted 3',
    ]);
  });
});
