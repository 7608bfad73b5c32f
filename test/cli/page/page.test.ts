import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/cli/render/page/page.ts';
import { fixture } from './fixture.ts';
import { HOSTILE, hostile } from './hostile.ts';
import { troubled } from './troubled.ts';
import { chunksOf, everythingIn, listsOf } from './unpack.ts';

const OPTIONS = { text: true, version: '1.2.3' } as const;
const report = fixture({ queries: 60, hits: 10, broken: 0.05 });
const page = renderPage([report], OPTIONS);

describe('the page of a report', () => {
  it('is one document that asks for nothing from outside', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;unsafe-inline&#39;; img-src data:;`,
    );
    const references = [...page.matchAll(/\s(?:src|href|action|data|poster|srcset)\s*=\s*"([^"]*)"/g)];
    expect(references.length).toBeGreaterThan(0);
    expect(
      references.map(([, target = '']) => target).filter((target) => !/^(#|data:,)/.test(target)),
    ).toEqual([]);
    expect(page).not.toMatch(/https?:|@import|url\((?!#hatch)/);
  });

  it('says without any script what the verdict stands on', () => {
    const plain = page.replace(/<script[\s\S]*$/, '');
    for (const text of ['Verification/</span><wbr>encyclopedia', 'articles-2025-05', 'rerank-minilm']) {
      expect(plain).toContain(text);
    }
    const ran = report.queries.filter(({ proof }) => proof?.ran).length;
    expect(plain).toContain(`the reranker ran in ${ran} of 60`);
    const [lift] = report.relevance?.measures ?? [];
    expect(plain).toContain(`>${lift?.arms.reranked?.mean.toFixed(4)}<`);
    expect(plain).toContain('ndcg@10[gain=linear,ideal=cut,ties=server]');
    expect(plain).toContain('verify/encyclopedia.yaml:31');
    expect(plain).toContain('p95 of reranked ≤ 400 ms');
    expect(plain).toContain('The list of 60 queries and the ranks of their hits need JavaScript.');
  });

  it('is the same for the same reports, byte by byte', () => {
    expect(renderPage([fixture({ queries: 60, hits: 10, broken: 0.05 })], OPTIONS)).toBe(page);
  });

  it('carries every query and every hit of every arm', () => {
    const [list] = listsOf(page);
    expect(list?.ids).toEqual(report.queries.map(({ id }) => id));
    const queries = chunksOf(page).flatMap(({ queries, documents }) =>
      queries.map(({ arms }) => arms.map((arm) => arm?.hits.map(([document]) => documents[document]?.[0]))),
    );
    expect(queries).toEqual(
      report.queries.map(({ unreranked, reranked }) =>
        [unreranked, reranked].map((arm) => arm?.hits.map(({ document }) => document)),
      ),
    );
  });

  it('names what went wrong, once, with its remedy', () => {
    const text = renderPage([troubled()], OPTIONS);
    expect(text).toContain(
      '1 of 2 gates failed, 1 of 2 gates inconclusive, 1 of 3 queries failed, 1 of 3 queries gave no answer',
    );
    expect(text).toContain('There is no index [articles-2025-05] in this cluster.');
    expect(text).toContain('Create it, or mend spec.index.');
    expect(text).toContain('the reranker ran in 1 of 3');
    expect(text).toContain('not compared, because it was measured on something else');
  });

  it('stands a report with nothing in it, and none at all', () => {
    const empty = {
      ...troubled(),
      queries: [],
      gates: [],
      canaries: [],
      latency: {},
      warnings: [],
      baseline: null,
    };
    expect(renderPage([empty], OPTIONS)).toContain('Verification/</span><wbr>broken-pipeline');
    expect(renderPage([], OPTIONS)).toContain('</html>');
    expect(renderPage([report, empty], OPTIONS)).toContain('<nav class="overview"');
  });

  it('calls recorded runs by their own names', () => {
    const offline = {
      ...report,
      arms: ['bm25', 'cross-encoder'],
      index: '',
      searchPipeline: '',
      queries: report.queries.map((query) => ({ ...query, proof: null })),
      relevance: report.relevance && {
        ...report.relevance,
        segments: [],
        measures: report.relevance.measures.map((each) => ({
          ...each,
          arms: { bm25: each.arms.unreranked as never, 'cross-encoder': each.arms.reranked as never },
          lift: { 'cross-encoder': each.lift.reranked as never },
        })),
      },
    };
    const text = renderPage([offline], OPTIONS);
    expect(text).toMatch(/cross-encoder (raises|changes|lowers) ndcg@10 by/);
    expect(text).toContain('nothing was asked');
    expect(text).not.toContain('class="route"');
  });
});

describe('texts in the page', () => {
  const text = renderPage([hostile()], OPTIONS);

  it('are no markup, whatever they hold', () => {
    // The script of the page itself is the only one that runs.
    const scripts = [...text.matchAll(/<script([^>]*)>/g)].map(([, attributes = '']) => attributes);
    expect(
      scripts.filter(
        (attributes) => !/^ type="(application\/json|text\/plain)" id="[a-z0-9-]+"$/.test(attributes),
      ),
    ).toEqual(['']);
    expect(text.match(/<\/script/g)).toHaveLength(scripts.length);
    expect(text.match(/<style/g)).toHaveLength(1);
    expect(text).not.toMatch(/<img|<svg onload|<!--|[\u2028\u2029]<\/script/);
    expect(text).not.toMatch(/<script type="application\/json"[^>]*>[^<]*[>&\u2028\u2029][^<]*<\/script>/);
  });

  it('come back as they were', () => {
    const list = listsOf(text)[0];
    expect(list?.ids).toEqual(HOSTILE.map((each) => each));
    const passages = chunksOf(text).flatMap(({ documents }) => documents.map(([, , passage]) => passage));
    expect(new Set(passages)).toEqual(new Set(HOSTILE.slice(1, 5)));
  });

  it('are left out where that is asked for, in what is packed too', () => {
    const [query] = report.queries;
    const words = (from: string): string => from.split(' ').slice(0, 6).join(' ');
    const secrets = [
      ...report.queries.map(({ queryText }) => queryText.replace(/ \(\d+\)$/, '')),
      ...report.queries.flatMap(({ reranked }) => reranked?.hits.map((hit) => words(hit.text)) ?? []),
      ...report.canaries.flatMap(({ queryText, passages }) => [
        queryText,
        ...passages.map((each) => each.text),
      ]),
      'Carson City',
      'Washington',
      'Red Planet',
    ];
    const shown = everythingIn(renderPage([report, troubled()], OPTIONS));
    const hidden = everythingIn(renderPage([report, troubled()], { ...OPTIONS, text: false }));
    for (const secret of secrets) {
      expect(shown).toContain(JSON.stringify(secret).slice(1, -1).replaceAll("'", '&#39;').slice(0, 5));
      expect(hidden).not.toContain(secret);
    }
    expect(hidden).toContain(query?.reranked?.hits[0]?.document);
    expect(hidden).toContain('Texts of queries and documents are left out of this page.');
    expect(hidden).toContain('RCTL_TIMEOUT');
  });
});

describe('the size of the page', () => {
  it('stays below a few megabytes for 2,000 queries with 20 hits', () => {
    const large = renderPage([fixture({ queries: 2000, hits: 20 })], OPTIONS);
    expect(large.length).toBeLessThan(4_000_000);
    expect(chunksOf(large).flatMap(({ queries }) => queries)).toHaveLength(2000);
  });

  it('shortens texts before it grows', () => {
    const passage = 'word '.repeat(60);
    const long = fixture({ queries: 1, hits: 20 });
    const many = Array.from({ length: 1500 }, (_, i) => ({
      ...(long.queries[0] as (typeof long.queries)[number]),
      id: `q${i}`,
      reranked: null,
      window: 20,
    })).map((query) => ({
      ...query,
      unreranked: query.unreranked && {
        ...query.unreranked,
        hits: query.unreranked.hits.map((hit) => ({ ...hit, text: passage })),
      },
    }));
    const lengths = chunksOf(renderPage([{ ...long, queries: many }], OPTIONS)).flatMap(({ documents }) =>
      documents.map(([, , text]) => text.length),
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(200);
    expect(Math.max(...lengths)).toBeGreaterThan(150);
  });
});
