import { deflateRawSync } from 'node:zlib';

import type {
  Arm,
  ArmHit,
  QueryReport,
  ReasonCode,
  RerankedHit,
  VerificationReport,
} from '../../../verify/report.ts';
import { armAt } from './arms.ts';
import type {
  ArmDetail,
  Chunk,
  DocumentDetail,
  HitDetail,
  ProblemDetail,
  QueryDetail,
  QueryList,
} from './payload.ts';

/** Few enough to unpack in an instant, many enough to share what is the same in them. */
const CHUNK_SIZE = 40;
/** Characters of documents that a page may hold before it is packed: about two and a half megabytes after. */
const TEXT_BUDGET = 5_000_000;
const SHORTEST = 60;
/** No report holds longer ones. */
export const LONGEST = 300;

/** How long the text of a document may be in a page of all these reports, in characters. */
export function textLimit(reports: readonly VerificationReport[]): number {
  let hits = 0;
  for (const { queries } of reports) {
    // Both arms have nearly the same documents, and each stands in a chunk once.
    for (const { window, others } of queries) hits += window * (1 + others.length * 0.1);
  }
  return Math.min(Math.max(Math.floor(TEXT_BUDGET / Math.max(hits, 1)), SHORTEST), LONGEST);
}

/** What the list of queries shows and is sorted by. */
export function queryList(report: VerificationReport, text: boolean): QueryList {
  const { queries, arms, relevance } = report;
  const measures = relevance?.measures.map(({ measure }) => measure) ?? [];
  const labels = [...new Set(queries.flatMap(labelsOf))].sort();
  const places = new Map(labels.map((label, i) => [label, i]));
  return {
    address: report.address,
    arms,
    measures,
    labels,
    ids: queries.map(({ id }) => id),
    texts: queries.map(({ queryText }) => (text ? queryText : '')),
    verdicts: queries.map(({ verdict }) => verdict),
    labelled: queries.map((query) => labelsOf(query).flatMap((label) => places.get(label) ?? [])),
    values: measures.map((measure) =>
      arms.map((arm) => queries.map((query) => short(query.measures?.[measure]?.[arm]))),
    ),
    elapsed: arms.map((_, i) => queries.map((query) => short(armAt(query, arms, i)?.elapsedMs))),
    reordered: queries.map(({ change }) => (change === undefined ? null : short(1 - change.rbo))),
    newFirst: queries.map(({ change }) => change?.newFirst ?? null),
    chunkSize: CHUNK_SIZE,
  };
}

/** The details of the queries, each chunk packed (raw deflate) and in base64: nothing in it can be markup. */
export function packedChunks(report: VerificationReport, text: boolean, limit: number): string[] {
  const chunks: string[] = [];
  for (let from = 0; from < report.queries.length; from += CHUNK_SIZE) {
    const chunk = chunkOf(report.arms, report.queries.slice(from, from + CHUNK_SIZE), text ? limit : 0);
    chunks.push(deflateRawSync(JSON.stringify(chunk), { level: 9 }).toString('base64'));
  }
  return chunks;
}

function labelsOf({ labels }: QueryReport): string[] {
  return Object.entries(labels).map(([label, value]) => `${label}=${value}`);
}

function short(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1e6) / 1e6;
}

/** A limit of 0 leaves all texts out. */
function chunkOf(arms: readonly string[], queries: readonly QueryReport[], limit: number): Chunk {
  const documents: DocumentDetail[] = [];
  const places = new Map<string, number>();
  const placeOf = (hit: ArmHit): number => {
    const key = JSON.stringify([hit._index, hit._id]);
    const known = places.get(key);
    if (known !== undefined) return known;
    const ownId = hit._id === hit.document ? null : hit._id;
    places.set(key, documents.length);
    return documents.push([hit.document, ownId, cut(hit.text, limit)]) - 1;
  };
  const hitOf = (hit: ArmHit | RerankedHit): HitDetail => [
    placeOf(hit),
    short(hit.score ?? undefined),
    hit.grade,
    'was' in hit ? hit.was : hit.rank,
  ];
  const armDetail = (arm: Arm<ArmHit> | null): ArmDetail | null =>
    arm && { tookMs: arm.tookMs, elapsedMs: arm.elapsedMs, hits: arm.hits.map(hitOf) };
  return {
    queries: queries.map((query) => ({
      ...detailOf(query, limit > 0),
      arms: arms.map((_, i) => armDetail(armAt(query, arms, i))),
    })),
    documents,
  };
}

function detailOf(query: QueryReport, text: boolean): Omit<QueryDetail, 'arms'> {
  const { proof, error, change } = query;
  return {
    window: query.window,
    proof: proof && {
      ran: proof.ran,
      processor: proof.processor,
      tookMs: proof.tookMs,
      fields: proof.fields,
    },
    problems: problemsOf(query, text),
    warnings: proof?.warnings ?? [],
    expectations: query.expectations.map((each) => (text ? each : { ...each, what: '', actual: '' })),
    change: error === undefined && change !== undefined ? change : null,
  };
}

/** Their messages repeat what the server said, and so perhaps the query and documents. */
const QUOTING: ReadonlySet<ReasonCode> = new Set(['processor_failed', 'ignored_failure']);

/** What is wrong with a query. Without texts, messages that may repeat some are left out. */
export function problemsOf({ error, proof }: QueryReport, text: boolean): ProblemDetail[] {
  return [
    ...(error === undefined
      ? []
      : [{ code: error.code, message: text ? error.message : '', remedy: error.remedy ?? '' }]),
    ...(proof?.reasons ?? []).map(({ code, message, remedy }) => ({
      code,
      message: text || !QUOTING.has(code) ? message : '',
      remedy,
    })),
  ];
}

/** Between characters, never inside of one. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  if (limit === 0) return '';
  const kept = text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept.trimEnd()}…`;
}
