import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/cli/render/page/page.ts';
import { chromiumPath } from './browser.ts';
import { fixture } from './fixture.ts';
import { hostile } from './hostile.ts';
import { troubled } from './troubled.ts';

const executablePath = chromiumPath();
const OPTIONS = { text: true, version: '1.2.3' } as const;
const REPORT = fixture({ queries: 120 });
const PAGES = {
  report: () => [REPORT],
  two: () => [fixture({ queries: 24, hits: 40, others: ['rerank-bge'], name: 'two' }), troubled()],
  hostile: () => [hostile()],
  large: () => [fixture({ queries: 5000, hits: 5 })],
} as const;

let browser: Browser;
let folder: string;
/** What the page asked for but itself, and what it complained of. */
let requests: string[] = [];
let complaints: string[] = [];

async function open(
  name: keyof typeof PAGES,
  options: BrowserContextOptions = {},
  fragment = '',
): Promise<Page> {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, renderPage(PAGES[name](), OPTIONS));
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  await context.route('**/*', (route) => {
    if (route.request().url().split('#')[0] === url) return route.continue();
    requests.push(route.request().url());
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url + fragment);
  return page;
}

/** The changes that the rows show, in their order. */
async function changes(page: Page): Promise<number[]> {
  const texts = await page.locator('.row .change').allTextContents();
  return texts.map((text) => Number(text.replace('−', '-')));
}

const ids = (page: Page): Promise<string[]> => page.locator('.row code').allTextContents();

describe.skipIf(executablePath === undefined)(
  `the page in a browser${executablePath === undefined ? ' (skipped: no chromium on the PATH, and no CHROMIUM_PATH)' : ''}`,
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'rerankctl-page-'));
      browser = await chromium.launch({ executablePath: executablePath as string });
    });

    afterEach(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      const found = { complaints, requests };
      complaints = [];
      requests = [];
      expect(found).toEqual({ complaints: [], requests: [] });
    });

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('lists the worst queries first, and sorts by what is asked for', async () => {
      const page = await open('report');
      const worst = await changes(page);
      expect(worst).toHaveLength(25);
      expect(worst).toEqual([...worst].sort((a, b) => a - b));
      await page.getByLabel('Order').selectOption('best');
      const best = await changes(page);
      expect(best).toEqual([...best].sort((a, b) => b - a));
      expect(best[0]).toBeGreaterThan(worst[0] as number);
      await page.getByLabel('Order').selectOption('file');
      expect((await ids(page)).slice(0, 3)).toEqual(['q1', 'q2', 'q3']);
      await page.getByLabel('Measure').selectOption({ label: 'mrr@10' });
      const [first] = REPORT.queries;
      const { unreranked = 0, reranked = 0 } = first?.measures?.['mrr@10'] ?? {};
      expect((await changes(page))[0]).toBeCloseTo(reranked - unreranked, 3);
    });

    it('finds queries by their words and IDs, by verdict and by label', async () => {
      const page = await open('report');
      const found = page.getByRole('status');
      await page.getByLabel('Find').fill('LISBON tram');
      const tram = REPORT.queries.filter(({ queryText }) => queryText.includes('tram line 28 in lisbon'));
      expect(await found.textContent()).toBe(`${tram.length} of 120 queries`);
      for (const text of await page.locator('.row .text').allTextContents()) expect(text).toContain('tram');
      await page.getByLabel('Find').fill('q117');
      expect(await ids(page)).toEqual(['q117']);
      await page.getByLabel('Find').fill('');
      const failed = REPORT.queries.filter(({ verdict }) => verdict === 'fail');
      expect(failed.length).toBeGreaterThan(0);
      await page.getByRole('button', { name: `Failed ${failed.length}`, pressed: false }).click();
      expect(await found.textContent()).toBe(`${failed.length} of 120 queries`);
      await page.getByRole('button', { name: `Failed ${failed.length}`, pressed: true }).click();
      await page.getByLabel('Label').selectOption({ label: 'group=tail' });
      const tail = REPORT.queries.filter(({ labels }) => labels.group === 'tail');
      expect(await found.textContent()).toBe(`${tail.length} of 120 queries`);
    });

    it('shows more rows when asked, and where to go on', async () => {
      const page = await open('report');
      await page.getByRole('button', { name: 'Show 25 more' }).click();
      expect(await page.locator('.row').count()).toBe(50);
      expect(await page.evaluate('document.activeElement === document.querySelectorAll(".row")[25]')).toBe(
        true,
      );
    });

    it('opens the ranks of a query: a line for each hit, from where it was to where it is', async () => {
      const page = await open('report');
      await page.getByLabel('Find').fill('q42');
      await page.getByRole('button', { name: /q42/ }).click();
      const query = REPORT.queries.find(({ id }) => id === 'q42');
      const hits = query?.reranked?.hits ?? [];
      const lines = await page.locator('.lines path title').allTextContents();
      expect(new Set(lines)).toEqual(new Set(hits.map((hit) => `${hit.document}: ${hit.was} → ${hit.rank}`)));
      expect(await page.locator('.after .passage').allTextContents()).toEqual(hits.map(({ text }) => text));
      const ups = await page.locator('.lines path.up').count();
      expect(ups).toBe(hits.filter(({ move }) => (move ?? 0) > 0).length);
      await page.locator('.hit').nth(4).hover();
      expect(await page.locator('.readout').textContent()).toContain(hits[4]?.text);
      expect(await page.locator('.lines path.on title').allTextContents()).toEqual([
        `${hits[4]?.document}: ${hits[4]?.was} → 5`,
      ]);
      // The line ends at the height of its hit.
      const end = await page.evaluate(
        `(() => { const path = document.querySelector('.lines path.on'); const box = path.ownerSVGElement.getBoundingClientRect();
          const hit = document.querySelectorAll('.hit')[4].getBoundingClientRect();
          const point = path.getPointAtLength(path.getTotalLength());
          return box.top + point.y * box.height / path.ownerSVGElement.viewBox.baseVal.height - (hit.top + hit.height / 2); })()`,
      );
      expect(Math.abs(end as number)).toBeLessThan(1.5);
    });

    it('can be worked by keys alone', async () => {
      const page = await open('report');
      await page.getByLabel('Find').focus();
      for (let i = 0; i < 20; i++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate('document.activeElement.classList.contains("row")')) break;
      }
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('.bump').waitFor();
      expect(await page.locator('.row').nth(1).getAttribute('aria-expanded')).toBe('true');
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await page.evaluate('document.activeElement.dataset.rank')).toBe('2');
      expect(await page.locator('.readout').textContent()).toContain('rank 3');
      await page.keyboard.press('Escape');
      expect(await page.locator('.bump').count()).toBe(0);
      expect(await page.evaluate('document.activeElement === document.querySelectorAll(".row")[1]')).toBe(
        true,
      );
    });

    it('puts the open query into the address, and opens it from there', async () => {
      const page = await open('report', {}, '#Verification/encyclopedia/q77');
      await page.locator('.bump').waitFor();
      expect(await page.locator('.row[aria-expanded="true"] code').textContent()).toBe('q77');
      await page.locator('.row[aria-expanded="true"]').click();
      expect(new URL(page.url()).hash).toBe('');
      await page.locator('.row').nth(3).click();
      await page.locator('.bump').waitFor();
      const id = await page.locator('.row').nth(3).locator('code').textContent();
      expect(new URL(page.url()).hash).toBe(`#Verification/encyclopedia/${id}`);
      await page.evaluate('location.hash = "#Verification/encyclopedia/q5"');
      await page.getByRole('button', { name: /\bq5\b/, expanded: true }).waitFor();
    });

    it('leads from a column of the profile to its query', async () => {
      const page = await open('report');
      const [title = ''] = await page.locator('.explorer [data-open] title').allTextContents();
      await page.locator('.explorer [data-open]').first().click();
      await page.locator('.bump').waitFor();
      expect(await page.locator('.row[aria-expanded="true"] code').textContent()).toBe(title.split(' ')[0]);
    });

    it('compares with any arm, and shows more ranks when asked', async () => {
      const page = await open('two');
      await page.locator('.row').first().click();
      await page.locator('.bump').first().waitFor();
      expect(await page.locator('.hit').count()).toBe(25);
      expect(await page.locator('.lane').textContent()).toContain('below rank 25');
      await page.getByRole('button', { name: 'Show all 40 ranks' }).click();
      expect(await page.locator('.hit').count()).toBe(40);
      await page.getByRole('button', { name: 'rerank-bge', pressed: false }).click();
      expect(await page.locator('.side.end').textContent()).toContain('rerank-bge');
    });

    it('says what is wrong where there is nothing to draw', async () => {
      const page = await open('two');
      const broken = page.locator('.explorer').nth(1);
      await broken.locator('.row', { hasText: 'q1' }).click();
      await broken.getByText('There is no index [articles-2025-05] in this cluster.').waitFor();
      await broken.getByText('There are no hits.').waitFor();
      await broken.locator('.row', { hasText: 'q2' }).click();
      await broken.getByText('Expected first: passage_text contains "Washington, D.C."').waitFor();
    });

    it('runs nothing that a text brings, and says it word for word', async () => {
      const page = await open('hostile');
      for (let i = 0; i < 6; i++) {
        await page.locator('.row').nth(i).click();
        await page.locator('.bump').waitFor();
        await page.locator('.hit').nth(1).hover();
      }
      expect(await page.evaluate('globalThis.broken')).toBeUndefined();
      expect(await page.locator('img, .explorer script, [onload], [onerror]').count()).toBe(0);
      expect(await page.locator('.row .text').allTextContents()).toContain(
        '</script><script>globalThis.broken = 1</script>',
      );
      await page.goto(page.url());
      await page.locator('.row[aria-expanded="true"]').waitFor();
    });

    it('holds 5,000 queries, and draws only what is looked at', async () => {
      const page = await open('large');
      expect(await page.getByRole('status').textContent()).toBe('5000 queries');
      expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(4000);
      await page.getByLabel('Find').fill('q4999');
      await page.locator('.row').click();
      await page.locator('.bump').waitFor();
    });

    it('shows all but the queries without scripts', async () => {
      const page = await open('report', { javaScriptEnabled: false });
      for (const name of ['Gates', 'Relevance', 'Segments', 'Latency', 'Baseline']) {
        expect(await page.getByRole('heading', { name, exact: true }).isVisible()).toBe(true);
      }
      expect(await page.locator('.gate').count()).toBe(3);
      expect(await page.locator('.measure .bar rect').first().isVisible()).toBe(true);
      expect(await page.locator('.profile rect').count()).toBeGreaterThan(100);
      expect(await page.locator('noscript p').isVisible()).toBe(true);
    });

    it('is dark where that is preferred', async () => {
      const ground = 'getComputedStyle(document.body).backgroundColor';
      const light = await open('report', { colorScheme: 'light' });
      expect(await light.evaluate(ground)).toBe('rgb(251, 250, 248)');
      const dark = await open('report', { colorScheme: 'dark' });
      expect(await dark.evaluate(ground)).toBe('rgb(19, 22, 26)');
      expect(await dark.evaluate('getComputedStyle(document.body).color')).toBe('rgb(231, 234, 238)');
    });

    it.each(['report', 'two', 'hostile'] as const)(
      'never scrolls sideways on a narrow screen: %s',
      async (name) => {
        const page = await open(name, { viewport: { width: 375, height: 700 } });
        await page.locator('.row').first().click();
        await page.locator('.bump').first().waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
      },
    );

    it('gives every control and every drawing a name', async () => {
      const page = await open('two');
      await page.locator('.row').first().click();
      await page.locator('.bump').first().waitFor();
      const nameless = await page.evaluate(
        `[...document.querySelectorAll('button, select, input')].filter((each) => (each.textContent + (each.closest('label')?.textContent ?? '')).trim() === '')
          .concat([...document.querySelectorAll('svg[role=img]')].filter((each) => !each.querySelector('title')?.textContent))
          .map((each) => each.outerHTML.slice(0, 80))`,
      );
      expect(nameless).toEqual([]);
      const twice = await page.evaluate(
        `[...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, i, all) => all.indexOf(id) !== i)`,
      );
      expect(twice).toEqual([]);
    });
  },
);
