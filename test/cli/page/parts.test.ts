import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bumpChart, readout } from '../../../src/cli/render/page/client/bump.ts';
import { select, type View } from '../../../src/cli/render/page/client/select.ts';
import { embeddedJson, html } from '../../../src/cli/render/page/html.ts';
import { msText, percentText, pText, signedText } from '../../../src/cli/render/page/numbers.ts';
import { queryList } from '../../../src/cli/render/page/pack.ts';
import type { HitDetail } from '../../../src/cli/render/page/payload.ts';
import { decades, linear, logarithmic, roundUp } from '../../../src/cli/render/page/scale.ts';
import { fixture } from './fixture.ts';

describe('a template', () => {
  it('lets no text become markup, in elements or in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.text).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
        expect(html`<b title="${text}">${html`<i>${[text]}</i>`}</b>`.text.match(/</g)).toHaveLength(4);
      }),
    );
  });

  it('embeds JSON that reads back, without a sign that could end a script', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { text } = embeddedJson(value);
        expect(text).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('numbers', () => {
  it('say a sign only where something is left of the number', () => {
    expect([0.25678, -0.5, 0.00001, -0.00001, 0].map((value) => signedText(value))).toEqual([
      '+0.2568',
      '−0.5000',
      '0.0000',
      '0.0000',
      '0.0000',
    ]);
  });

  it('have units', () => {
    expect([msText(8.25), msText(312.4), msText(12_345)]).toEqual([
      '8.3\u202fms',
      '312\u202fms',
      '12.3\u202fs',
    ]);
    expect([percentText(0.95), percentText(0.031), percentText(0)]).toEqual([
      '95\u202f%',
      '3.1\u202f%',
      '0\u202f%',
    ]);
    expect([pText(0.00001), pText(0.03125), pText(0.5)]).toEqual(['p < 0.0001', 'p = 0.031', 'p = 0.50']);
  });
});

describe('scales', () => {
  it('keep every value on the drawing, and in order', () => {
    const value = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        for (const scale of [linear(low, high), logarithmic(low, high)]) {
          const [first, second] = [scale(Math.min(c, d)), scale(Math.max(c, d))];
          expect(first).toBeGreaterThanOrEqual(0);
          expect(second).toBeLessThanOrEqual(100);
          expect(first).toBeLessThanOrEqual(second);
        }
        const ticks = decades(low, high);
        expect(ticks[0]).toBeLessThanOrEqual(low);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
        expect(roundUp(high)).toBeGreaterThanOrEqual(high * 0.999);
        expect(roundUp(high)).toBeLessThanOrEqual(high * 2.6);
      }),
    );
  });
});

const DOCUMENTS = ['a', 'b', 'c', 'd'].map((id) => [id, null, `text of ${id}`] as const);
const armOf = (...hits: HitDetail[]) => ({ tookMs: 1, elapsedMs: 2, hits });
const LEFT = armOf([0, 3, 2, 1], [1, 2, null, 2], [2, 1, 0, 3]);
/** `c` rises to the top, `d` comes from outside, `a` falls, and `b` is gone. */
const RIGHT = armOf([2, 9, 0, 3], [3, 8, null, null], [0, 7, 2, 1]);
const ARMS = {
  left: LEFT,
  right: RIGHT,
  leftName: 'unreranked',
  rightName: 'reranked',
  documents: DOCUMENTS,
  judged: true,
};

function linesIn(chart: string): Record<string, string> {
  return Object.fromEntries(
    [...chart.matchAll(/<path class="([^"]*)"[^>]*><title>([^<]*)<\/title>/g)].map(
      ([, kind = '', title = '']) => [title, kind],
    ),
  );
}

describe('the chart of ranks', () => {
  it('tells what rises, falls, comes and goes', () => {
    expect(linesIn(bumpChart(ARMS, 25).text)).toEqual({
      'c: 3 → 1': 'up',
      'a: 1 → 3': 'down relevant',
      'd: not in the window → 2': 'out',
      'b: 2 → not in the window': 'out',
    });
  });

  it('leads what is below the ranks that are drawn to a lane under them', () => {
    const text = bumpChart(ARMS, 2).text;
    expect(linesIn(text)).toEqual({
      'c: 3 → 1': 'out',
      'a: 1 → 3': 'out relevant',
      'd: not in the window → 2': 'out',
      'b: 2 → not in the window': 'out',
    });
    expect(text).toContain('below rank 2, or not in the window');
    expect(text).toContain('Show all 3 ranks');
  });

  it('shows the one answer where there is only one', () => {
    const text = bumpChart({ ...ARMS, right: null }, 25).text;
    expect(linesIn(text)).toEqual({});
    expect(text).toContain('no answer');
    expect(bumpChart({ ...ARMS, left: null, right: null }, 25).text).toContain('There are no hits.');
  });

  it('tells a hit in full', () => {
    expect(readout(ARMS, 0).text.replace(/<[^>]*>/g, '')).toBe(
      'a · unreranked rank 1, score 3.0000 · reranked rank 3, score 7.0000 · grade 2text of a',
    );
    expect(readout(ARMS, 1).text).toContain('reranked not in the window');
  });
});

describe('the list of queries', () => {
  const list = queryList(fixture({ queries: 80, broken: 0.1 }), true);
  const all: View = { text: '', verdicts: new Set(), label: null, measure: 0, arm: 1, order: 'worst' };

  it('keeps every query in every order, with those that have no figure last', () => {
    for (const order of ['worst', 'best', 'reordered', 'slowest', 'file'] as const) {
      const found = select(list, { ...all, order });
      expect([...found].sort((a, b) => a - b)).toEqual(list.ids.map((_, i) => i));
    }
    const unjudged = list.ids.flatMap((_, i) => (list.values[0]?.[1]?.[i] == null ? [i] : []));
    expect(unjudged.length).toBeGreaterThan(0);
    expect(select(list, all).slice(-unjudged.length)).toEqual(unjudged);
  });

  it('narrows with everything that is asked for', () => {
    const found = select(list, { ...all, text: 'lisbon', verdicts: new Set(['pass']), label: 0 });
    expect(found.length).toBeGreaterThan(0);
    for (const query of found) {
      expect(list.texts[query]).toContain('lisbon');
      expect(list.verdicts[query]).toBe('pass');
      expect(list.labelled[query]).toContain(0);
    }
  });
});
