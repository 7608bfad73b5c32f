import { VERSION } from '../../core/version.ts';
import { EXIT_MEANINGS } from '../exit.ts';
import { html } from '../render/page/html.ts';
import { renderPage } from '../render/page/page.ts';
import { problemsOf, type Report } from './told.ts';

/** The page of verifications; where nothing was measured, one that says why, and not that all is well. */
export function renderHtmlReport(report: Report): string {
  const { told, text } = report;
  return told.verifications === undefined
    ? failurePage(report)
    : renderPage(told.verifications, { text, version: VERSION });
}

function failurePage({ command, exitCode, told }: Report): string {
  const problems = problemsOf(told).map(
    ({ code, message }) => html`<li><code>${code}</code> ${message}</li>`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Nothing was measured</title></head><body>
<h1>Nothing was measured</h1><p>rerankctl ${command}: exit code ${exitCode}, ${EXIT_MEANINGS[exitCode]}</p>
<ul>${problems}</ul></body></html>
`.text;
}
