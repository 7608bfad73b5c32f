import type { VerificationReport } from '../../../verify/report.ts';
import { html, type Markup } from './html.ts';

/** What the figures were measured on, for whoever wants to measure them again. */
export function renderMeasuredOn({ measuredOn, queries }: VerificationReport): Markup {
  const { server, queries: asked, judgments, models } = measuredOn;
  const rows: readonly (readonly [string, string | Markup])[] = [
    ['OpenSearch', server ?? 'none: rankings were read from files'],
    [`${queries.length === 1 ? 'query' : 'queries'}, SHA-256`, digest(asked)],
    ['judgments, SHA-256', judgments === null ? 'none' : digest(judgments)],
    [
      'local models, SHA-256',
      models.length === 0 ? 'none' : html`${models.map((model) => html`${digest(model)} `)}`,
    ],
  ];
  return html`<section class="block"><h3>Measured on</h3><dl class="measured">${rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl></section>`;
}

function digest(text: string): Markup {
  return html`<code title="${text}">${text.slice(0, 16)}</code>`;
}
