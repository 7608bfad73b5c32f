import type {
  Arm,
  ArmHit,
  OtherArm,
  Proof,
  QueryReport,
  RerankedHit,
  UnrerankedHit,
  VerificationReport,
} from '../../../src/verify/report.ts';
import { worstOf } from '../../../src/verify/report.ts';
import { latencyOf, relevanceOf, valuesOf } from './figures.ts';
import { type Random, randomFrom } from './random.ts';
import { passageAbout, questionAbout, TOPICS } from './texts.ts';

export interface FixtureOptions {
  readonly seed?: number;
  readonly queries?: number;
  readonly hits?: number;
  /** Names of further pipelines. */
  readonly others?: readonly string[];
  readonly judged?: boolean;
  /** Share of the queries whose first search fails. */
  readonly broken?: number;
  readonly name?: string;
}

export const MEASURES = ['ndcg@10', 'mrr@10', 'map@10', 'p@5', 'judged@10'] as const;

/** A report as a run would bring it: a reranker that mostly helps. The same for the same options. */
export function fixture(options: FixtureOptions = {}): VerificationReport {
  const {
    seed = 1,
    queries: count = 200,
    others = [],
    judged = true,
    broken = 0,
    name = 'encyclopedia',
  } = options;
  const random = randomFrom(seed);
  const queries = Array.from({ length: count }, (_, i) =>
    random() < broken ? brokenQuery(i, random) : queryOf(i, random, { hits: 20, ...options, others, judged }),
  );
  const arms = ['unreranked', 'reranked', ...others];
  const relevance = judged ? relevanceOf(queries, arms, MEASURES) : null;
  const changes = queries.flatMap(({ change }) => change ?? []);
  const average = (of: (each: (typeof changes)[number]) => number): number =>
    changes.reduce((sum, each) => sum + of(each), 0) / Math.max(changes.length, 1);
  const lift = relevance?.measures[0]?.lift.reranked;
  const latency = latencyOf(queries, arms);
  const gates =
    lift === undefined ? [] : gatesOf(relevance?.measures[0]?.arms.reranked, lift, latency.reranked);
  return {
    address: `Verification/${name}`,
    index: 'articles-2025-05',
    searchPipeline: 'rerank-minilm',
    verdict: worstOf([...queries, ...gates].map(({ verdict }) => verdict)),
    measuredOn: {
      server: '3.6.0',
      queries: 'f3a1'.repeat(16),
      judgments: judged ? '90be'.repeat(16) : null,
      models: ['c7d2'.repeat(16)],
      convention: { gain: 'linear', relevantFrom: 1, ties: 'server', unjudged: 'nonrelevant' },
    },
    arms,
    queries,
    relevance,
    change:
      changes.length === 0
        ? null
        : {
            queries: changes.length,
            rbo: average(({ rbo }) => rbo),
            tau: average(({ tau }) => tau ?? 0),
            overlap: average(({ overlap }) => overlap),
            meanDisplacement: average(({ meanDisplacement }) => meanDisplacement),
            maxDisplacement: Math.max(...changes.map(({ maxDisplacement }) => maxDisplacement)),
            newFirst: average(({ newFirst }) => Number(newFirst)),
          },
    latency,
    canaries: [
      {
        queryText: 'How many people live in Berlin?',
        passages: [
          {
            text: 'Berlin had a population of 3,520,031 registered inhabitants.',
            score: 8.607,
            expected: 8.607,
          },
          { text: 'New York City is famous for its museums.', score: -4.321, expected: -4.32 },
        ],
        pass: true,
        problem: '',
      },
    ],
    gates,
    baseline:
      lift === undefined
        ? null
        : {
            file: 'baselines/encyclopedia.json',
            state: 'compared',
            differences: [],
            measures: {
              'ndcg@10': {
                ...lift,
                meanDelta: 0.0021,
                interval: { low: -0.0062, high: 0.0104 },
                p: 0.62,
                wins: 18,
                ties: 167,
                losses: 15,
              },
            },
          },
    warnings: [],
  };
}

function gatesOf(
  mean: { readonly mean: number; readonly interval: { low: number; high: number } } | undefined,
  lift: { readonly n: number; readonly meanDelta: number; readonly interval: { low: number; high: number } },
  latency: { readonly p95Ms: number | null } | undefined,
): VerificationReport['gates'] {
  const at = (line: number, rule: number) => ({
    location: { file: 'verify/encyclopedia.yaml', line, column: 7 },
    pointer: `/spec/gates/${rule}`,
  });
  const actual = mean?.mean ?? 0;
  return [
    {
      rule: 'ndcg@10 of reranked >= 0.42',
      verdict: actual >= 0.42 ? 'pass' : 'fail',
      actual,
      threshold: 0.42,
      interval: mean?.interval ?? null,
      unit: 'measure',
      n: lift.n,
      because: actual >= 0.42 ? 'the mean is there' : 'the mean is below',
      ...at(31, 0),
    },
    {
      rule: 'ndcg@10 of reranked - unreranked >= 0.02',
      verdict: lift.interval.low >= 0.02 ? 'pass' : 'inconclusive',
      actual: lift.meanDelta,
      threshold: 0.02,
      interval: lift.interval,
      unit: 'measure',
      n: lift.n,
      because:
        lift.interval.low >= 0.02
          ? 'the whole 95 % interval is there'
          : 'the 95 % interval holds the bound: more judged queries would decide',
      ...at(33, 1),
    },
    {
      rule: 'p95 of reranked <= 400 ms',
      verdict:
        (latency?.p95Ms ?? null) === null ? 'inconclusive' : (latency?.p95Ms ?? 0) <= 400 ? 'pass' : 'fail',
      actual: latency?.p95Ms ?? null,
      threshold: 400,
      interval: null,
      unit: 'ms',
      n: lift.n,
      because:
        latency?.p95Ms == null
          ? 'too few queries for a p95'
          : latency.p95Ms <= 400
            ? 'fast enough'
            : 'too slow',
      ...at(35, 2),
    },
  ];
}

type Shape = Required<Pick<FixtureOptions, 'hits' | 'others' | 'judged'>>;

function queryOf(place: number, random: Random, { hits: size, others, judged }: Shape): QueryReport {
  const topic = TOPICS[Math.floor(random() * TOPICS.length)] ?? TOPICS[0];
  const hard = random();
  const documents = Array.from({ length: size }, (_, i) => {
    const relevance = random() ** 2.2 * (i === 0 ? 1.4 : 1);
    const grade = !judged || random() < 0.25 ? null : Math.min(Math.floor(relevance * 4), 3);
    return {
      id: `doc-${Math.floor(random() * 9e6 + 1e6)}`,
      text: passageAbout(topic, relevance, random),
      relevance,
      grade,
    };
  });
  const order = (noise: number) =>
    documents
      .map((document) => ({ document, key: document.relevance + (random() - 0.5) * noise }))
      .sort((a, b) => b.key - a.key)
      .map(({ document }) => document);
  const before = order(1.6 + hard);
  const hitAt = (document: (typeof documents)[number], rank: number, score: number): ArmHit => ({
    rank,
    _index: 'articles-2025-05',
    _id: document.id,
    document: document.id,
    score,
    grade: document.grade,
    text: document.text,
  });
  const armFrom = (ranking: typeof documents): Arm<RerankedHit> => {
    let score = 9 - random() * 4;
    return {
      tookMs: 4 + Math.floor(random() * 6),
      elapsedMs: Math.round(60 * Math.exp(random() * 1.6 + random() * 0.6) * 10) / 10,
      hits: ranking.map((document, i) => {
        score -= random() * 1.2;
        const was = before.indexOf(document) + 1;
        return { ...hitAt(document, i + 1, score), was, move: was - i - 1, unrerankedScore: 14 - was * 0.4 };
      }),
    };
  };
  const after = order(0.25 + hard * 1.5);
  const reranked = armFrom(after);
  const ranks = new Map(reranked.hits.map((hit) => [hit._id, hit.rank]));
  const unreranked: Arm<UnrerankedHit> = {
    tookMs: 2 + Math.floor(random() * 4),
    elapsedMs: Math.round(5 * Math.exp(random() * 1.2) * 10) / 10,
    hits: before.map((document, i) => ({
      ...hitAt(document, i + 1, 14 - (i + 1) * 0.4),
      now: ranks.get(document.id) ?? null,
    })),
  };
  const rest = others.map((name): OtherArm => ({ name, ...armFrom(order(0.6 + hard * 1.6)) }));
  const grades = documents.flatMap(({ grade }) => grade ?? []);
  const moves = reranked.hits.map(({ move }) => Math.abs(move ?? 0));
  const displacement = moves.reduce((sum, move) => sum + move, 0) / size;
  const expectedTop = place % 7 === 0;
  const foundAt = 1 + reranked.hits.findIndex(({ _id }) => _id === documents[0]?.id);
  const pass = !expectedTop || foundAt <= 10;
  return {
    id: `q${place + 1}`,
    queryText: questionAbout(topic, random),
    labels: {
      group: hard > 0.6 ? 'tail' : hard > 0.25 ? 'torso' : 'head',
      language: random() < 0.8 ? 'en' : 'de',
    },
    verdict: pass ? 'pass' : 'fail',
    window: size,
    unreranked,
    reranked,
    others: rest,
    proof: PROVEN,
    expectations: expectedTop
      ? [
          {
            kind: 'top',
            what: `among the first 10: _id is "${documents[0]?.id}"`,
            pass,
            actual: pass
              ? `_id ${documents[0]?.id} at rank ${foundAt}`
              : `_id ${reranked.hits[0]?._id} comes first`,
            foundAt,
          },
        ]
      : [],
    ...(grades.some((grade) => grade > 0)
      ? { measures: valuesOf({ unreranked, reranked, others: rest }, grades, MEASURES) }
      : {}),
    change: {
      rbo: Math.max(0.05, 1 - displacement / 9),
      tau: 1 - displacement / 5,
      overlap: 1,
      meanDisplacement: displacement,
      maxDisplacement: Math.max(0, ...moves),
      newFirst: before[0] !== after[0],
    },
  };
}

export const PROVEN: Proof = {
  ran: true,
  processor: 'rerank',
  tookMs: 46.2,
  fields: ['passage_text'],
  reasons: [],
  warnings: [],
};

function brokenQuery(place: number, random: Random): QueryReport {
  const query = queryOf(place, random, { hits: 20, others: [], judged: false });
  return {
    ...query,
    verdict: 'error',
    reranked: null,
    others: [],
    proof: { ...PROVEN, ran: false, processor: null, tookMs: null },
    error: {
      severity: 'error',
      code: 'RCTL_TIMEOUT',
      message: `The search for “${query.queryText}” took longer than 30 s.`,
      remedy: 'Give the model more threads, or make the window smaller (size).',
    },
  };
}
