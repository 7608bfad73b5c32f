import type { Interval, PairedComparison } from '../../../verify/statistics/types.ts';
import { html, type Markup } from './html.ts';
import { countText, percentText, pText, signedText } from './numbers.ts';
import { linear, type Scale } from './scale.ts';

/** A scale that all these intervals fit on, zero among them, so that they can be compared by eye. */
export function liftScale(comparisons: readonly PairedComparison[]): Scale {
  const low = Math.min(0, ...comparisons.map(({ interval }) => interval.low));
  const high = Math.max(0, ...comparisons.map(({ interval }) => interval.high));
  const room = (high - low || 0.1) * 0.08;
  return linear(low - room, high + room);
}

/** The mean difference as a point on its interval, beside the line of no difference. */
export function liftPlot(comparison: PairedComparison, scale: Scale, title: string): Markup {
  const { meanDelta, interval } = comparison;
  const tone = toneOf(interval);
  return html`<svg class="plot lift ${tone}" width="100%" height="22" role="img"><title>${title}</title>
<line class="zero" x1="${scale(0)}%" x2="${scale(0)}%" y1="0" y2="22"/>
<line class="range" x1="${scale(interval.low)}%" x2="${scale(interval.high)}%" y1="11" y2="11"/>
<line class="range" x1="${scale(interval.low)}%" x2="${scale(interval.low)}%" y1="7" y2="15"/>
<line class="range" x1="${scale(interval.high)}%" x2="${scale(interval.high)}%" y1="7" y2="15"/>
<circle class="point" cx="${scale(meanDelta)}%" cy="11" r="5"/></svg>`;
}

/** `up` and `down` only where the interval leaves no doubt of it. */
export function toneOf({ low, high }: Interval): 'up' | 'down' | 'flat' {
  if (low > 0) return 'up';
  return high < 0 ? 'down' : 'flat';
}

/** Wins, ties and losses as one bar, and in words. */
export function outcomeBar({ wins, ties, losses }: PairedComparison): Markup {
  const all = Math.max(wins + ties + losses, 1);
  const share = (count: number): number => Math.round((count / all) * 10_000) / 100;
  const [won, tied, lost] = [share(wins), share(ties), share(losses)];
  const words = outcomeWords({ wins, ties, losses });
  return html`<svg class="plot outcomes" width="100%" height="10" role="img"><title>${words}</title>
<rect class="won" x="0" width="${won}%" height="10"/>
<rect class="tied" x="${won}%" width="${tied}%" height="10"/>
<rect class="lost" x="${100 - lost}%" width="${lost}%" height="10"/>
<rect class="hatch" x="${100 - lost}%" width="${lost}%" height="10"/></svg>`;
}

export function outcomeWords({
  wins,
  ties,
  losses,
}: Pick<PairedComparison, 'wins' | 'ties' | 'losses'>): string {
  return `${countText(wins)} better · ${countText(ties)} the same · ${countText(losses)} worse`;
}

export function intervalText({ low, high }: Interval, digits = 4): string {
  return `${signedText(low, digits)} to ${signedText(high, digits)}`;
}

/** All that the comparison says, for those who want it in words. */
export function comparisonTitle(comparison: PairedComparison, confidence: number): string {
  const { n, meanDelta, interval, effectSize, p, exact, smallestP, detectable } = comparison;
  return [
    `Mean difference ${signedText(meanDelta, 6)} over ${countText(n)} queries`,
    `${percentText(confidence)} interval ${intervalText(interval, 6)}`,
    `${pText(p)} (paired randomisation test, two-sided, ${exact ? 'exact' : 'sampled'}; no less than ${smallestP.toPrecision(2)} is possible)`,
    ...(effectSize === null ? [] : [`effect size ${signedText(effectSize, 2)}`]),
    ...(detectable === null ? [] : [`so many queries show a difference of ${detectable.toFixed(4)} or more`]),
  ].join('; ');
}
