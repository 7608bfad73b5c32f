import { basename } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import { RerankctlError } from '../core/errors.ts';
import { digest } from '../core/json.ts';
import { warningsOf } from './assemble.ts';
import { inputDiagnostic } from './input-diagnostic.ts';
import { readJudgments } from './inputs/judgments.ts';
import { readRun } from './inputs/run-file.ts';
import type { InputProblem } from './inputs/types.ts';
import { rankChange, summariseChange } from './measures/rank-change.ts';
import type { Grades, Judgments, Ranked, Run } from './measures/types.ts';
import { type Method, measuresOf, relevanceOf, whyUnmeasured } from './relevance.ts';
import type { ArmHit, QueryReport, RerankedHit, VerificationReport } from './report.ts';

export interface OfflineRun {
  readonly name: string;
  readonly run: Run;
}

/**
 * Measures rankings that were recorded before, without any cluster: the first run is what the others are compared
 * with. Every query is measured that has judgments and is in every run.
 */
export function verifyRuns(
  runs: readonly OfflineRun[],
  judgments: Judgments,
  method: Pick<Method, 'measures' | 'convention' | 'statistics'>,
): VerificationReport {
  const arms = runs.map(({ name }) => name);
  const ids = [...new Set(runs.flatMap(({ run }) => [...run.keys()]))];
  const unknownQueries = [...judgments.keys()].filter((id) => !ids.includes(id));
  const all: Method = { ...method, judgments, unknownQueries };
  const queries = ids.map((id) => queryOf(id, runs, judgments.get(id), all));
  const relevance = relevanceOf(all, queries, arms);
  return {
    address: 'Verification/offline',
    index: '',
    searchPipeline: '',
    // Runs are looked at, and not held to anything; but figures there must be.
    verdict: whyUnmeasured(relevance) === undefined ? 'pass' : 'inconclusive',
    measuredOn: {
      server: null,
      queries: digest(ids),
      judgments: digest([...judgments].map(([id, grades]) => [id, [...grades]])),
      models: [],
      convention: method.convention,
    },
    arms,
    queries,
    relevance,
    change: summariseChange(queries.flatMap(({ change }) => change ?? [])),
    latency: {},
    canaries: [],
    gates: [],
    baseline: null,
    warnings: warningsOf(relevance, queries),
  };
}

function queryOf(
  id: string,
  runs: readonly OfflineRun[],
  grades: Grades | undefined,
  method: Method,
): QueryReport {
  const rankings = runs.map(({ name, run }) => ({ name, ranking: run.get(id) }));
  const found = rankings.flatMap(({ name, ranking }) =>
    ranking === undefined ? [] : [[name, ranking] as const],
  );
  const [first, second, ...rest] = rankings;
  const [before = [], after = []] = [first?.ranking, second?.ranking];
  const measures = measuresOf(method, grades, Object.fromEntries(found));
  const places = new Map(before.map(({ document }, i) => [document, i + 1]));
  const now = new Map(after.map(({ document }, i) => [document, i + 1]));
  const hit = ({ document, score }: Ranked, i: number): ArmHit => ({
    rank: i + 1,
    _index: '',
    _id: document,
    document,
    score,
    grade: grades?.get(document) ?? null,
    text: '',
  });
  const moved = (ranked: Ranked, i: number): RerankedHit => {
    const was = places.get(ranked.document) ?? null;
    return {
      ...hit(ranked, i),
      was,
      move: was === null ? null : was - i - 1,
      unrerankedScore: was === null ? null : (before[was - 1]?.score ?? null),
    };
  };
  const times = { tookMs: 0, elapsedMs: 0 };
  return {
    id,
    queryText: '',
    labels: {},
    verdict: 'pass',
    window: Math.max(before.length, after.length),
    unreranked:
      first?.ranking === undefined
        ? null
        : {
            ...times,
            hits: before.map((each, i) => ({ ...hit(each, i), now: now.get(each.document) ?? null })),
          },
    reranked: second?.ranking === undefined ? null : { ...times, hits: after.map(moved) },
    others: rest.flatMap(({ name, ranking }) =>
      ranking === undefined ? [] : [{ name, ...times, hits: ranking.map(moved) }],
    ),
    proof: null,
    expectations: [],
    ...(measures === undefined ? {} : { measures }),
    ...(first?.ranking === undefined || second?.ranking === undefined
      ? {}
      : {
          change: rankChange(
            before.map(({ document }) => document),
            after.map(({ document }) => document),
          ),
        }),
  };
}

export interface OfflineFiles {
  readonly runs: readonly { readonly path: string; readonly shown: string }[];
  readonly judgments: readonly { readonly path: string; readonly shown: string }[];
}

/** Reads run files and qrels. Throws `manifest` with every problem and its line. Warnings are handed back. */
export async function readOffline(
  files: OfflineFiles,
): Promise<{ runs: OfflineRun[]; judgments: Judgments; warnings: Diagnostic[] }> {
  const problems: InputProblem[] = [];
  const runs: OfflineRun[] = [];
  for (const { path, shown } of files.runs) {
    const read = await readRun(path, { shown });
    problems.push(...read.problems);
    runs.push({ name: nameOfRun(shown, runs), run: read.value });
  }
  const judgments = new Map<string, Map<string, number>>();
  for (const { path, shown } of files.judgments) {
    const read = await readJudgments(path, { shown });
    problems.push(...read.problems);
    for (const [id, grades] of read.value.judgments) {
      judgments.set(id, new Map([...(judgments.get(id) ?? []), ...grades]));
    }
  }
  const diagnostics = problems.map(inputDiagnostic);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new RerankctlError('manifest', 'RCTL_INVALID', 'These files cannot be measured as they are.', {
      diagnostics: errors,
    });
  }
  return { runs, judgments, warnings: diagnostics };
}

function nameOfRun(file: string, before: readonly OfflineRun[]): string {
  const plain = basename(file).replace(/(\.(trec|run|txt|tsv|gz))+$/i, '');
  return before.some(({ name }) => name === plain) ? `${plain} (${before.length + 1})` : plain;
}
