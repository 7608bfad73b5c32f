import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../src/kinds/seed-data/ndjson.ts';

async function lines(chunks: readonly Buffer[]): Promise<[number, string][]> {
  const all: [number, string][] = [];
  async function* again(): AsyncGenerator<Buffer> {
    // One buffer that is used again, as the reader of files does it.
    const shared = Buffer.alloc(1000);
    for (const chunk of chunks) {
      chunk.copy(shared);
      yield shared.subarray(0, chunk.length);
      shared.fill(0x3f);
    }
  }
  for await (const batch of linesOf(again())) {
    for (const { bytes, number } of batch) all.push([number, bytes.toString()]);
  }
  return all;
}

describe('lines', () => {
  it('take CRLF, blank lines, a byte order mark and a last line without an end', async () => {
    const text = '\ufeff{"a":1}\r\n\r\n  \t\n{"b":2}\n{"c":3}';
    expect(await lines([Buffer.from(text)])).toEqual([
      [1, '{"a":1}'],
      [4, '{"b":2}'],
      [5, '{"c":3}'],
    ]);
  });

  it('of nothing are none', async () => {
    expect(await lines([])).toEqual([]);
    expect(await lines([Buffer.from('\ufeff\r\n\n')])).toEqual([]);
  });

  it('are the same wherever the chunks end', async () => {
    const text = fc.string({ unit: fc.constantFrom('\n', '\r\n', 'é', '😀', '{"a":1}', ' '), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(200), { maxLength: 12 }), async (content, cuts) => {
        const bytes = Buffer.from(content);
        const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
        expect(await lines(chunks)).toEqual(await lines([bytes]));
      }),
      { numRuns: 500 },
    );
  });
});
