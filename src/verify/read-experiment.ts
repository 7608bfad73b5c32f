import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';
import type { VerificationSpec } from '../generated/specs.ts';
import { parseBaseline } from './baseline.ts';
import type { BaselineFile, Experiment, Query } from './experiment.ts';
import { type GateRule, gateRule, unknownMeasure } from './gate-rule.ts';
import { inputDiagnostic } from './input-diagnostic.ts';
import { readJudgments } from './inputs/judgments.ts';
import { readQueries } from './inputs/queries.ts';
import type { InputProblem, QueryRow } from './inputs/types.ts';
import { type Measure, nameOf, parseMeasure } from './measures/name.ts';
import type { Convention, Judgments } from './measures/types.ts';
import { RERANKED, UNRERANKED } from './report.ts';
import type { StatisticsOptions } from './statistics/types.ts';
import { fill } from './template.ts';

export const DEFAULT_MEASURES: readonly string[] = ['ndcg@10', 'mrr@10', 'p@5', 'r@10', 'judged@10'];
export const DEFAULT_CONVENTION: Convention = {
  gain: 'linear',
  relevantFrom: 1,
  ties: 'server',
  unjudged: 'nonrelevant',
};
export const DEFAULT_STATISTICS: StatisticsOptions = { confidence: 0.95, resamples: 10_000, seed: 1 };

export interface ReadExperiment {
  readonly experiment: Experiment;
  /** With an error among them the experiment is not to be run. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a `Verification` and the files that it names. `spec` has passed the schema; references in it are names by
 * now, or are not looked at.
 */
export async function readExperiment(
  resource: Pick<Resource, 'address' | 'locate' | 'folder'>,
  given: JsonObject,
): Promise<ReadExperiment> {
  const reader = new Reader(resource, given as unknown as VerificationSpec);
  return { experiment: await reader.read(), diagnostics: reader.diagnostics };
}

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #resource: Pick<Resource, 'address' | 'locate' | 'folder'>;
  readonly #spec: VerificationSpec;

  constructor(resource: Pick<Resource, 'address' | 'locate' | 'folder'>, spec: VerificationSpec) {
    this.#resource = resource;
    this.#spec = spec;
  }

  async read(): Promise<Experiment> {
    const spec = this.#spec;
    const queries = [...this.#inline(), ...(await this.#fromFile())];
    this.#sameIds(queries);
    const { judgments, unknownQueries } = await this.#judgments(queries);
    const gates = this.#gates();
    const [first, ...rest] = this.#measures(gates);
    const { relevant_from: from, ...convention } = spec.convention ?? {};
    const { statistics = {} } = spec;
    return {
      resource: this.#resource,
      index: textOf(spec.index),
      pipeline: textOf(spec.search_pipeline),
      others: (spec.arms ?? []).map(({ name, search_pipeline }) => ({
        name,
        pipeline: textOf(search_pipeline),
      })),
      fields: spec.fields ?? [],
      documentId: spec.document_id ?? '_id',
      queries,
      judgments,
      unknownQueries,
      measures: [first, ...rest],
      convention: {
        ...DEFAULT_CONVENTION,
        ...convention,
        ...(from === undefined ? {} : { relevantFrom: from }),
      },
      statistics: { ...DEFAULT_STATISTICS, ...statistics },
      gates,
      baseline: await this.#baseline(gates),
      canaries: this.#canaries(),
      concurrency: spec.concurrency ?? 4,
    };
  }

  #complain(pointer: string, code: string, message: string, remedy: string): void {
    const resource = this.#resource as Resource;
    this.diagnostics.push(diagnosticAt(resource, pointer, { severity: 'error', code, message, remedy }));
  }

  /** What is wrong in a file stands at its line there, not at that of the manifest. */
  #report(problems: readonly InputProblem[]): void {
    const { address } = this.#resource;
    this.diagnostics.push(...problems.map((problem) => ({ ...inputDiagnostic(problem), address })));
  }

  #inline(): Query[] {
    const shared = this.#spec.query_set?.body;
    return (this.#spec.queries ?? []).map((query, i) => {
      const pointer = `/spec/queries/${i}`;
      const row = { id: query.id ?? `q${i + 1}`, queryText: query.query_text };
      if (query.body === undefined && shared === undefined) {
        this.#complain(
          pointer,
          'RCTL_VERIFY_NO_BODY',
          'This query has no body, and there is no query_set whose body it could use.',
          'Give it the body of the search, e.g. body: {query: {match_all: {}}, size: 4}.',
        );
      }
      return {
        ...row,
        labels: query.labels ?? {},
        body: this.#filled(query.body ?? shared ?? {}, row, {}, `${pointer}/body`),
        expected: (query.expect ?? {}) as JsonObject,
      };
    });
  }

  async #fromFile(): Promise<Query[]> {
    const set = this.#spec.query_set;
    if (set === undefined) {
      if (this.#spec.queries === undefined) {
        this.#complain(
          '/spec',
          'RCTL_VERIFY_NO_QUERIES',
          'This verification has no queries.',
          'List them under queries, or name a file under query_set.',
        );
      }
      return [];
    }
    const path = resolve(this.#resource.folder, set.file);
    const { value, problems } = await readQueries(path, { shown: set.file });
    this.#report(problems);
    return value.map((row: QueryRow) => ({
      id: row.id,
      queryText: row.queryText,
      labels: row.labels,
      body: this.#filled(set.body, row, row.variables, '/spec/query_set/body', row.line),
      expected: {},
    }));
  }

  readonly #toldMissing = new Set<string>();

  #filled(
    body: object,
    { id, queryText }: { readonly id: string; readonly queryText: string },
    variables: Readonly<Record<string, Json>>,
    pointer: string,
    line?: number,
  ): JsonObject {
    const filled = fill(body as JsonObject, { ...variables, query_text: queryText, id });
    for (const name of filled.missing) {
      if (this.#toldMissing.has(name)) continue;
      this.#toldMissing.add(name);
      const where = line === undefined ? '' : ` (line ${line} of ${this.#spec.query_set?.file})`;
      this.#complain(
        pointer,
        'RCTL_VERIFY_TEMPLATE',
        `The body names {{${name}}}, and query ${id}${where} has no such value.`,
        'Use {{query_text}}, {{id}}, or the name of a column of the query file.',
      );
    }
    return filled.body;
  }

  #sameIds(queries: readonly Query[]): void {
    const inline = new Set((this.#spec.queries ?? []).map((query, i) => query.id ?? `q${i + 1}`));
    const twice = queries.slice(this.#spec.queries?.length ?? 0).find(({ id }) => inline.has(id));
    if (twice === undefined) return;
    this.#complain(
      '/spec/query_set/file',
      'RCTL_VERIFY_SAME_ID',
      `The query ${twice.id} of ${this.#spec.query_set?.file} has the id of a query in the manifest.`,
      'Give each query an id of its own. One without an id is called q and its position.',
    );
  }

  async #judgments(
    queries: readonly Query[],
  ): Promise<{ judgments: Judgments | undefined; unknownQueries: string[] }> {
    const found = new Map<string, Map<string, number>>();
    const unknown = new Set<string>();
    const ids = new Set(queries.map(({ id }) => id));
    const byText = new Map<string, string[]>();
    for (const { id, queryText } of queries) {
      byText.set(queryText.trim(), [...(byText.get(queryText.trim()) ?? []), id]);
    }
    const add = (id: string, grades: Iterable<readonly [string, number]>): void => {
      const merged = found.get(id) ?? new Map<string, number>();
      for (const [document, grade] of grades) merged.set(document, grade);
      found.set(id, merged);
    };
    const { judgments } = this.#spec;
    for (const file of judgments?.files ?? []) {
      const path = resolve(this.#resource.folder, file);
      const format = judgments?.format;
      const { value, problems } = await readJudgments(path, {
        shown: file,
        ...(format === undefined ? {} : { format }),
      });
      this.#report(problems);
      for (const [key, grades] of value.judgments) {
        const names = value.keyedBy === 'id' && ids.has(key) ? [key] : (byText.get(key.trim()) ?? []);
        if (names.length === 0) unknown.add(key);
        for (const id of names) add(id, grades);
      }
    }
    (this.#spec.queries ?? []).forEach((query, i) => {
      if (query.judgments !== undefined) add(query.id ?? `q${i + 1}`, Object.entries(query.judgments));
    });
    const named = judgments !== undefined || found.size > 0;
    if (judgments !== undefined && found.size === 0 && !this.diagnostics.some(isError)) {
      this.#complain(
        '/spec/judgments/files',
        'RCTL_VERIFY_NO_JUDGED_QUERY',
        `None of the ${queries.length} queries is judged: the judgments are of ${[...unknown].slice(0, 3).join(', ')}${unknown.size > 3 ? ', …' : ''}, the queries are called ${[...ids].slice(0, 3).join(', ')}${ids.size > 3 ? ', …' : ''}.`,
        'The first column of a judgment is the id of a query, or its text.',
      );
    }
    return { judgments: named ? found : undefined, unknownQueries: [...unknown] };
  }

  #gates(): GateRule[] {
    const arms = [UNRERANKED, RERANKED, ...(this.#spec.arms ?? []).map(({ name }) => name)];
    return (this.#spec.gates ?? []).flatMap((gate, i) => {
      const pointer = `/spec/gates/${i}`;
      const rule = gateRule(gate, pointer);
      if ('message' in rule) {
        this.#complain(pointer, 'RCTL_VERIFY_GATE', rule.message, rule.remedy);
        return [];
      }
      if (!arms.includes(rule.arm)) {
        const message = `There is no arm ${rule.arm}.`;
        this.#complain(`${pointer}/arm`, 'RCTL_VERIFY_GATE', message, `The arms are ${arms.join(', ')}.`);
      }
      return [rule];
    });
  }

  /** Those of the manifest, and those that gates need. */
  #measures(gates: readonly GateRule[]): [Measure, ...Measure[]] {
    const named = (this.#spec.measures ?? DEFAULT_MEASURES).flatMap((text, i) => {
      const measure = parseMeasure(text);
      if (measure !== undefined) return [measure];
      const { message, remedy } = unknownMeasure(text);
      this.#complain(`/spec/measures/${i}`, 'RCTL_VERIFY_MEASURE', message, remedy);
      return [];
    });
    const needed = gates.flatMap((gate) => ('measure' in gate ? [gate.measure] : []));
    const all = new Map([...named, ...needed].map((measure) => [nameOf(measure), measure]));
    const [first = { name: 'ndcg', k: 10 } as Measure, ...rest] = all.values();
    return [first, ...rest];
  }

  async #baseline(gates: readonly GateRule[]): Promise<BaselineFile | undefined> {
    const { baseline: file } = this.#spec;
    if (file === undefined) {
      const without = gates.find(({ kind }) => kind === 'baseline');
      if (without !== undefined) {
        this.#complain(
          without.pointer,
          'RCTL_VERIFY_GATE',
          'This gate compares with a baseline, and the verification names none.',
          'Name a file: baseline: relevance.baseline.json, and write it with verify --update-baseline.',
        );
      }
      return undefined;
    }
    const path = resolve(this.#resource.folder, file);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      return error;
    });
    if (text === undefined) return { file, path, content: undefined };
    const content = text instanceof Error ? text.message : parseBaseline(text);
    if (typeof content !== 'string') return { file, path, content };
    this.#complain(
      '/spec/baseline',
      'RCTL_VERIFY_BASELINE',
      `The baseline ${file} cannot be read: ${content}.`,
      'Take it back from git, or delete it and write it anew with verify --update-baseline.',
    );
    return { file, path, content: undefined };
  }

  #canaries(): Experiment['canaries'] {
    return (this.#spec.canaries ?? []).map(({ query_text, passages, scores, tolerance }, i) => {
      if (scores !== undefined && scores.length !== passages.length) {
        this.#complain(
          `/spec/canaries/${i}/scores`,
          'RCTL_VERIFY_CANARY',
          `There are ${scores.length} scores for ${passages.length} passages.`,
          'Give each passage its score, in the same order, or leave scores out.',
        );
      }
      return { queryText: query_text, passages, scores, tolerance: tolerance ?? 0.1 };
    });
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

/** A reference that is still one stands for a name that is not known yet. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
