import type { Verdict } from '../../../../verify/report.ts';
import { html } from '../html.ts';
import { countOf, countText } from '../numbers.ts';
import type { QueryList } from '../payload.ts';
import { profile } from '../profile.ts';
import type { PageElement, PageEvent } from './browser.ts';
import { readout } from './bump.ts';
import { chunkAt } from './chunks.ts';
import { bumpArms, detailMarkup, type Opened } from './detail.ts';
import { fragmentOf, queryInFragment, setFragment } from './fragment.ts';
import { queryRow, toolbar } from './rows.ts';
import { deltaOf, type Order, select, type View } from './select.ts';

/** Rows that come with each press of the button below the list. */
const PAGE = 25;

/** The list of one report's queries, and what is open in it. */
export class Explorer {
  private readonly root: PageElement;
  private readonly report: number;
  private readonly list: QueryList;
  private view: View;
  private shown = PAGE;
  /** A query that was asked for by name stands first, whatever the view says. */
  private pinned: number | null = null;
  private opened: Opened | null = null;
  /** The query whose details are waited for: one that was asked for later takes its place. */
  private awaited: number | null = null;

  constructor(root: PageElement, report: number, list: QueryList) {
    this.root = root;
    this.report = report;
    this.list = list;
    const measure = list.measures.length > 0 ? 0 : null;
    const order: Order = measure === null ? 'reordered' : 'worst';
    this.view = { text: '', verdicts: new Set(), label: null, measure, arm: 1, order };
    root.innerHTML = html`${toolbar(list, this.view)}<div class="overall"></div>
<p class="found note" role="status"></p><ol class="list"></ol><button type="button" class="more" data-more>Show more</button>`.text;
    root.addEventListener('click', (event) => this.clicked(event.target));
    root.addEventListener('input', (event) => this.changed(event.target));
    root.addEventListener('keydown', (event) => this.pressed(event));
    for (const type of ['mouseover', 'focusin']) {
      root.addEventListener(type, (event) => this.pointed(event.target));
    }
    this.draw();
    this.followFragment();
  }

  /** Opens the query that the fragment names. */
  followFragment(): void {
    const query = queryInFragment(this.list.address, this.list.ids);
    if (query === -1 || query === this.opened?.query) return;
    void this.reveal(query);
  }

  private async reveal(query: number): Promise<void> {
    if (!select(this.list, this.view).slice(0, this.shown).includes(query)) {
      this.pinned = query;
      this.draw();
    }
    await this.open(query);
    this.row(query)?.scrollIntoView({ block: 'start' });
    this.row(query)?.querySelector('.row')?.focus({ preventScroll: true });
  }

  private draw(): void {
    const { list, view, root } = this;
    const queries = select(list, view);
    const rows = [
      ...new Set([...(this.pinned === null ? [] : [this.pinned]), ...queries.slice(0, this.shown)]),
    ];
    const deltas = list.ids.map((_, query) => deltaOf(list, view, query));
    const most = deltas.reduce<number>((high, delta) => Math.max(high, Math.abs(delta ?? 0)), 0) || 1;
    const part = (selector: string): PageElement => root.querySelector(selector) as PageElement;
    part('.list').innerHTML =
      html`${rows.map((query) => queryRow(list, view, query, most, `v${this.report}-query`))}`.text;
    part('.found').textContent =
      queries.length === list.ids.length
        ? countOf(queries.length, 'query', 'queries')
        : `${countText(queries.length)} of ${countOf(list.ids.length, 'query', 'queries')}`;
    const left = queries.length - this.shown;
    part('[data-more]').hidden = left <= 0;
    part('[data-more]').textContent = `Show ${Math.min(PAGE, left)} more`;
    const points = queries.flatMap((query) => {
      const delta = deltas[query] ?? null;
      return delta === null ? [] : [{ query, id: list.ids[query] ?? '', delta }];
    });
    part('.overall').innerHTML = profile(points, list.measures[view.measure ?? 0] ?? '', true).text;
    if (this.opened !== null) this.drawOpened();
  }

  private row(query: number): PageElement | null {
    return this.root.querySelector(`[data-query="${query}"]`);
  }

  private async open(query: number): Promise<void> {
    if (this.opened !== null) this.close();
    this.awaited = query;
    setFragment(fragmentOf(this.list.address, this.list.ids[query] ?? ''));
    const place = Math.floor(query / this.list.chunkSize);
    try {
      const { queries, documents } = await chunkAt(this.report, place);
      const detail = queries[query - place * this.list.chunkSize];
      if (detail === undefined || this.awaited !== query) return;
      this.opened = { query, detail, documents, arm: this.view.arm, allRanks: false };
      this.drawOpened();
    } catch {
      const detail = this.row(query)?.querySelector('.detail');
      if (detail == null) return;
      detail.hidden = false;
      detail.innerHTML = html`<p class="note">This browser is too old to unpack the details.</p>`.text;
    }
  }

  private close(): void {
    const row = this.opened === null ? null : this.row(this.opened.query);
    this.opened = null;
    setFragment('');
    row?.querySelector('.row')?.setAttribute('aria-expanded', 'false');
    const detail = row?.querySelector('.detail');
    if (detail == null) return;
    detail.hidden = true;
    detail.innerHTML = '';
  }

  private drawOpened(): void {
    if (this.opened === null) return;
    const row = this.row(this.opened.query);
    const detail = row?.querySelector('.detail');
    if (detail == null) return;
    row?.querySelector('.row')?.setAttribute('aria-expanded', 'true');
    detail.hidden = false;
    detail.innerHTML = detailMarkup(this.list, this.opened).text;
  }

  private clicked(target: PageElement): void {
    const verdict = target.closest('[data-verdict]');
    const row = target.closest('.row');
    const { opened } = this;
    if (row !== null) {
      const query = Number(row.closest('[data-query]')?.dataset.query);
      if (opened?.query === query) this.close();
      else void this.open(query);
    } else if (verdict !== null) {
      const chosen = new Set(this.view.verdicts);
      const name = verdict.dataset.verdict as Verdict;
      if (!chosen.delete(name)) chosen.add(name);
      verdict.setAttribute('aria-pressed', String(chosen.has(name)));
      this.look({ verdicts: chosen });
    } else if (target.closest('[data-more]') !== null) {
      this.showMore();
    } else if (target.closest('[data-open]') !== null) {
      void this.reveal(Number(target.closest('[data-open]')?.dataset.open));
    } else if (opened !== null && target.closest('[data-all-ranks]') !== null) {
      this.opened = { ...opened, allRanks: true };
      this.drawOpened();
    } else if (opened !== null && target.closest('[data-arm]') !== null) {
      this.opened = { ...opened, arm: Number(target.closest('[data-arm]')?.dataset.arm) };
      this.drawOpened();
      this.root.querySelector('[data-arm][aria-pressed="true"]')?.focus();
    }
  }

  /** The first of the new rows takes the focus, as the button may go away. */
  private showMore(): void {
    const before = this.root.querySelectorAll('.row').length;
    this.shown += PAGE;
    this.draw();
    this.root.querySelectorAll('.row')[before]?.focus();
  }

  private changed(target: PageElement): void {
    const value = target.value;
    switch (target.getAttribute('name')) {
      case 'text':
        this.look({ text: value });
        break;
      case 'label':
        this.look({ label: value === '' ? null : Number(value) });
        break;
      case 'measure':
        this.look({ measure: Number(value) });
        break;
      case 'arm':
        this.look({ arm: Number(value) });
        break;
      case 'order':
        this.look({ order: value as Order });
        break;
    }
  }

  private look(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    this.shown = PAGE;
    this.pinned = null;
    this.draw();
  }

  /** Arrows lead through the rows and through the hits; Escape closes what is open. */
  private pressed(event: PageEvent): void {
    const { key, target } = event;
    if (key === 'Escape' && this.opened !== null && target.closest('.query') !== null) {
      const { query } = this.opened;
      this.close();
      this.row(query)?.querySelector('.row')?.focus();
    }
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    const kind =
      target.closest('.hit') !== null ? '.hit' : target.closest('.row') !== null ? '.row' : undefined;
    if (step === 0 || kind === undefined) return;
    const all = Array.from(this.root.querySelectorAll(kind));
    const next = all[all.indexOf(target.closest(kind) as PageElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }

  /** The document under the pointer or the focus is lit, and told in full. */
  private pointed(target: PageElement): void {
    const { opened } = this;
    const found = target.closest('[data-doc]');
    if (opened === null || found === null) return;
    const bump = found.closest('.bump');
    const document = found.dataset.doc ?? '';
    bump?.classList.toggle('lit', true);
    for (const each of Array.from(bump?.querySelectorAll('[data-doc]') ?? [])) {
      each.classList.toggle('on', each.dataset.doc === document);
      if (each.classList.contains('hit')) each.tabIndex = each.dataset.doc === document ? 0 : -1;
    }
    const text = found.closest('.detail')?.querySelector('.readout');
    if (text != null) text.innerHTML = readout(bumpArms(this.list, opened), Number(document)).text;
  }
}
