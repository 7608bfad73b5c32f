import type { Verdict } from '../../../verify/report.ts';
import { html, type Markup } from './html.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  inconclusive: 'Inconclusive',
  error: 'Error',
};

/** Beside the word that it stands for. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<svg class="icon is-${verdict}" viewBox="0 0 20 20" aria-hidden="true">${shapeOf(verdict)}</svg>`;
}

/** Each verdict has a shape of its own, so that none is told by colour alone. */
export function verdictIcon(verdict: Verdict): Markup {
  return html`<svg class="icon is-${verdict}" viewBox="0 0 20 20" role="img"><title>${VERDICT_WORDS[verdict]}</title>${shapeOf(verdict)}</svg>`;
}

function shapeOf(verdict: Verdict): Markup {
  switch (verdict) {
    case 'pass':
      return html`<circle cx="10" cy="10" r="9"/><path d="M5.8 10.4l2.9 2.9 5.6-6.2"/>`;
    case 'fail':
      return html`<rect x="1.5" y="1.5" width="17" height="17" rx="3"/><path d="M6.4 6.4l7.2 7.2M13.6 6.4l-7.2 7.2"/>`;
    case 'inconclusive':
      return html`<path class="body" d="M10 .6l9.4 9.4-9.4 9.4L.6 10z"/><path d="M7.7 8a2.3 2.3 0 1 1 3.6 1.9c-.9.6-1.3 1-1.3 1.9M10 14.3v.1"/>`;
    case 'error':
      return html`<path class="body" d="M10 1l9.3 17H.7z"/><path d="M10 7.2v5M10 15.2v.1"/>`;
  }
}

/** Odd, and decides nothing. */
export function warningIcon(): Markup {
  return html`<svg class="icon is-warning" viewBox="0 0 20 20" role="img"><title>Warning</title>${shapeOf('error')}</svg>`;
}

/** A tick or a cross, for what is either met or not. */
export function metIcon(met: boolean): Markup {
  return verdictIcon(met ? 'pass' : 'fail');
}
