import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../src/cli/render/page/style/palette.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media');

function colorsIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const TEXTS = ['ink', 'quiet', 'accent', 'loss', 'pass', 'fail', 'unsure'] as const;
const MARKS = ['edge', 'accent', 'before', 'other', 'loss'] as const;
const GROUNDS = ['paper', 'surface'] as const;

describe.each([
  ['light', colorsIn(light)],
  ['dark', colorsIn(dark)],
])('the %s palette', (_, colors) => {
  const of = (name: string): string => colors[name] ?? 'missing';

  it.each(TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)))(
    'sets text in %s on %s with a contrast of 4.5 or more',
    (text, ground) => expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5),
  );

  it.each(MARKS.flatMap((mark) => GROUNDS.map((ground) => [mark, ground] as const)))(
    'draws %s on %s with a contrast of 3 or more',
    (mark, ground) => expect(contrast(of(mark), of(ground))).toBeGreaterThanOrEqual(3),
  );

  it('sets text on what is chosen, and in marks, with a contrast of 4.5 or more', () => {
    for (const text of ['ink', 'quiet', 'accent', 'loss']) {
      expect(contrast(of(text), of('accent-soft')), text).toBeGreaterThanOrEqual(4.5);
    }
    for (const verdict of ['pass', 'fail', 'unsure']) {
      expect(contrast(of('on-mark'), of(verdict)), verdict).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(of('quiet'), of('track'))).toBeGreaterThanOrEqual(4.5);
  });
});
