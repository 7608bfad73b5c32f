import type { Gate, VerificationReport } from '../../../verify/report.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { verdictIcon } from './icons.ts';
import { countOf, measureText, msText, percentText, timesText } from './numbers.ts';
import { linear } from './scale.ts';

/** Each rule with its verdict, what it asks for, and on a line where the run stands. */
export function renderGates({ gates, relevance }: VerificationReport): Markup {
  if (gates.length === 0) return NOTHING;
  const confidence = relevance === null ? '' : `${percentText(relevance.confidence)} `;
  return html`<section class="block gates"><h3>Gates</h3>
<ul class="rows">${gates.map((gate) => gateMarkup(gate, confidence))}</ul></section>`;
}

function gateMarkup(gate: Gate, confidence: string): Markup {
  const { rule, verdict, actual, threshold, interval, n, because, location } = gate;
  const text = textOf(gate);
  const range = interval === null ? '' : `${text(interval.low)} to ${text(interval.high)}`;
  return html`<li class="gate is-${verdict}">${verdictIcon(verdict)}
<div class="what"><p class="rule">${ruleText(rule)}</p><p class="note">${because}</p>${
    location === undefined ? '' : html`<p class="note"><code>${location.file}:${location.line}</code></p>`
  }</div>
<div class="where">${gauge(gate)}</div>
<dl class="figures"><div><dt>actual</dt><dd>${actual === null ? '–' : text(actual)}</dd></div>
<div><dt>threshold</dt><dd>${text(threshold)}</dd></div>
${range === '' ? '' : html`<div class="wide"><dt>${confidence}interval</dt><dd>${range}</dd></div>`}
<div class="wide"><dt>from</dt><dd>${countOf(n, 'query', 'queries')}</dd></div></dl></li>`;
}

function textOf({ unit }: Gate): (value: number) => string {
  switch (unit) {
    case 'measure':
      return measureText;
    case 'ms':
      return msText;
    case 'times':
      return timesText;
  }
}

/** The side of the threshold that passes, shaded; the threshold; the actual value, with its interval. */
function gauge(gate: Gate): Markup {
  const { actual, threshold, interval, rule, verdict } = gate;
  const values = [
    threshold,
    ...(actual === null ? [] : [actual]),
    ...(interval === null ? [] : [interval.low, interval.high]),
  ];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(threshold) || 1) * 0.2;
  const scale = linear(low - room, high + room);
  const at = scale(threshold);
  const text = textOf(gate);
  const title = `Actual ${actual === null ? 'unknown' : text(actual)}, threshold ${text(threshold)}`;
  const side = passingSide(rule);
  return html`<svg class="plot gauge is-${verdict}" width="100%" height="34" role="img"><title>${title}</title>
${side === undefined ? '' : html`<rect class="passing" x="${side === 'above' ? at : 0}%" width="${side === 'above' ? 100 - at : at}%" y="6" height="22"/>`}
<line class="axis" x1="0" x2="100%" y1="17" y2="17"/>
<line class="threshold" x1="${at}%" x2="${at}%" y1="2" y2="32"/>
${interval === null ? '' : html`<line class="range" x1="${scale(interval.low)}%" x2="${scale(interval.high)}%" y1="17" y2="17"/>`}
${actual === null ? '' : html`<circle class="point" cx="${scale(actual)}%" cy="17" r="6"/>`}</svg>`;
}

/** With the signs that a keyboard lacks. */
function ruleText(rule: string): string {
  return rule.replaceAll('>=', '≥').replaceAll('<=', '≤').replaceAll(' - ', ' − ');
}

/** The rule is in words; where they hold no comparison, neither side is shaded. */
function passingSide(rule: string): 'above' | 'below' | undefined {
  const sign = /[<>≤≥]/.exec(rule)?.[0];
  if (sign === undefined) return undefined;
  return sign === '>' || sign === '≥' ? 'above' : 'below';
}
