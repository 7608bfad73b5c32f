import { SCRIPT, STYLE } from '../../../generated/page.ts';
import { overallVerdict, type VerificationReport } from '../../../verify/report.ts';
import { renderExplorer } from './explorer.ts';
import { renderGates } from './gates.ts';
import { headlineOf, renderHeader } from './header.ts';
import { embeddedJson, html, Markup, NOTHING } from './html.ts';
import { VERDICT_WORDS, verdictIcon } from './icons.ts';
import { renderLatency } from './latency.ts';
import { renderMeasuredOn } from './measured-on.ts';
import { renderMeasures } from './measures.ts';
import { renderBaseline, renderCanaries, renderProblems } from './notes.ts';
import { LONGEST, packedChunks, queryList, textLimit } from './pack.ts';
import { renderSegments } from './segments.ts';

export interface PageOptions {
  /** False leaves out all texts of queries and documents: IDs stand in their place. */
  readonly text: boolean;
  /** Of rerankctl. */
  readonly version: string;
}

/** Nothing comes from anywhere but the file itself, whatever a text in it may try. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The verifications as one HTML file that needs nothing else, neither a network nor, for all but the list of queries,
 * a script. The same reports give the same page, byte by byte.
 */
export function renderPage(reports: readonly VerificationReport[], options: PageOptions): string {
  const verdict = overallVerdict(reports);
  const names = reports.map(({ address }) => address).join(', ');
  const limit = textLimit(reports);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="rerankctl ${options.version}">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${VERDICT_WORDS[verdict]}: ${names}</title>
<style>${new Markup(STYLE)}</style></head><body>
${DEFINITIONS}
<div class="page"><div class="masthead"><h1>Verification report</h1><p class="quiet">rerankctl ${options.version}</p></div>
${overview(reports)}
${!options.text && html`<p class="notice">Texts of queries and documents are left out of this page.</p>`}
<main>${reports.map((report, i) => section(report, i, options, limit))}</main></div>
${reports.map((report, i) => dataOf(report, i, options.text, limit))}
<script>${new Markup(SCRIPT)}</script></body></html>
`.text;
}

/** The hatching by which what is lost, or left to win, is told without colours. */
const DEFINITIONS = html`<svg width="0" height="0" aria-hidden="true" class="definitions"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-line" width="1.6" height="5"/></pattern></defs></svg>`;

function overview(reports: readonly VerificationReport[]): Markup {
  if (reports.length < 2) return NOTHING;
  return html`<nav class="overview" aria-label="Verifications"><ul>${reports.map(
    (report, i) =>
      html`<li><a href="#v${i}">${verdictIcon(report.verdict)}<span class="name">${report.address}</span><span class="note">${headlineOf(report)}</span></a></li>`,
  )}</ul></nav>`;
}

function section(report: VerificationReport, place: number, { text }: PageOptions, limit: number): Markup {
  return html`<section class="report" id="v${place}" aria-label="${report.address}">
${renderHeader(report)}
${renderProblems(report, text)}
${renderGates(report)}
${renderMeasures(report, `v${place}`)}
${renderSegments(report)}
${renderLatency(report)}
${renderCanaries(report, text)}
${renderBaseline(report)}
${renderMeasuredOn(report)}
${renderExplorer(report, place, text ? limit : LONGEST)}
</section>`;
}

function dataOf(report: VerificationReport, place: number, text: boolean, limit: number): Markup {
  return html`<script type="application/json" id="list-${place}">${embeddedJson(queryList(report, text))}</script>
${packedChunks(report, text, limit).map(
  (chunk, i) => html`<script type="text/plain" id="chunk-${place}-${i}">${chunk}</script>`,
)}`;
}
