import type { Diagnostic } from '../../core/diagnostic.ts';
import { isObject, type JsonObject, pointerTo, sameJson } from '../../core/json.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';
import { readExperiment } from '../../verify/read-experiment.ts';
import type { CheckKind } from '../kind.ts';
import { rerankLatencyBudget } from './lint.ts';
import { misplacedSecrets } from './secrets.ts';

/** A query of the manifest and its JSON pointer. */
interface Place {
  readonly query: Readonly<Record<string, unknown>>;
  readonly pointer: string;
}

type Complain = (pointer: string, code: string, message: string, remedy: string) => Diagnostic;

function sameIds(places: readonly Place[], complain: Complain): Diagnostic[] {
  const unnamed = places.flatMap(({ query }, i) => (query.id === undefined ? [`q${i + 1}`] : []));
  const seen = new Set<unknown>(unnamed);
  return places.flatMap(({ query, pointer }) => {
    if (typeof query.id !== 'string') return [];
    if (!seen.has(query.id)) {
      seen.add(query.id);
      return [];
    }
    return complain(
      `${pointer}/id`,
      'RCTL_VERIFY_SAME_ID',
      `Another query of this verification has the id ${query.id}, too.`,
      'Give each query an id of its own. One without an id is called q and its position.',
    );
  });
}

/** Every matcher of an `expect`, with its pointer. */
function matchersOf({ query, pointer }: Place): { matcher: Record<string, unknown>; at: string }[] {
  const expected = isObject(query.expect) ? query.expect : {};
  const found = Object.entries(expected).flatMap(([key, value]) => {
    const at = pointerTo(`${pointer}/expect`, key);
    return Array.isArray(value)
      ? value.map((matcher, i) => ({ matcher, at: pointerTo(at, i) }))
      : [{ matcher: value, at }];
  });
  return found.flatMap(({ matcher, at }) => (isObject(matcher) ? [{ matcher, at }] : []));
}

function brokenPatterns(place: Place, complain: Complain): Diagnostic[] {
  return matchersOf(place).flatMap(({ matcher, at }) =>
    Object.entries(matcher).flatMap(([field, wanted]) => {
      const pattern = isObject(wanted) ? wanted.matches : undefined;
      const why = typeof pattern === 'string' ? patternError(pattern) : undefined;
      if (why === undefined) return [];
      return complain(
        pointerTo(pointerTo(at, field), 'matches'),
        'RCTL_VERIFY_PATTERN',
        `This is no regular expression: ${why}.`,
        'It is read as JavaScript reads /…/u. Use contains for plain text.',
      );
    }),
  );
}

function patternError(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: /, '')
      : String(error);
  }
}

/** What a body says of reranking must be what the verification says: `verify` puts it in, or takes it out. */
function conflicts(resource: Resource, { query, pointer }: Place, complain: Complain): Diagnostic[] {
  const body = isObject(query.body) ? query.body : {};
  const found: Diagnostic[] = [];
  const ext = isObject(body.ext) ? body.ext : {};
  const expected = { query_context: { query_text: query.query_text } };
  if (ext.rerank !== undefined && !sameJson(ext.rerank, expected)) {
    found.push(
      complain(
        `${pointer}/body/ext/rerank`,
        'RCTL_VERIFY_BODY_RERANK',
        'This body asks for reranking by itself, and not with the query_text of this query.',
        'Remove ext.rerank: verify runs the body with and without it, and puts query_text there itself.',
      ),
    );
  }
  if (body.search_pipeline !== undefined && !sameJson(body.search_pipeline, resource.spec.search_pipeline)) {
    found.push(
      complain(
        `${pointer}/body/search_pipeline`,
        'RCTL_VERIFY_BODY_PIPELINE',
        'This body names a search pipeline of its own.',
        'Remove it: spec.search_pipeline is the pipeline under test, and the other arm runs without any.',
      ),
    );
  }
  if (body.size === 0) {
    found.push(
      complain(
        `${pointer}/body/size`,
        'RCTL_VERIFY_NO_WINDOW',
        'With size 0 there is no hit to rerank.',
        'Set size to the number of hits that the reranker shall get.',
      ),
    );
  }
  if (body.track_total_hits === false) {
    found.push(
      complain(
        `${pointer}/body/track_total_hits`,
        'RCTL_VERIFY_TOTAL_HITS',
        'With track_total_hits: false the rerank processor of OpenSearch fails (2.19.1, 3.6.0).',
        'Leave it out, or give it a number.',
      ),
    );
  }
  return found;
}

export const verification: CheckKind = {
  name: 'Verification',
  summary: 'Queries that are run with reranking and without, and what must hold of the answers.',
  provisions: false,
  lint: [rerankLatencyBudget],

  async check(resource) {
    const misplaced = misplacedSecrets(resource);
    if (misplaced.length > 0) return misplaced;
    const complain: Complain = (pointer, code, message, remedy) =>
      diagnosticAt(resource, pointer, { severity: 'error', code, message, remedy });
    const queries = Array.isArray(resource.spec.queries) ? resource.spec.queries : [];
    const places = queries.flatMap((query, i): Place[] =>
      isObject(query) ? [{ query, pointer: `/spec/queries/${i}` }] : [],
    );
    const set = resource.spec.query_set;
    const template: Place[] = isObject(set)
      ? [{ query: { ...set, query_text: '{{query_text}}' }, pointer: '/spec/query_set' }]
      : [];
    // References are still references here; nothing that is read from files depends on them.
    const { diagnostics } = await readExperiment(resource, resource.spec as JsonObject);
    return [
      ...sameIds(places, complain),
      ...template.flatMap((place) => conflicts(resource, place, complain)),
      ...diagnostics,
      ...places.flatMap((place) => [
        ...brokenPatterns(place, complain),
        ...conflicts(resource, place, complain),
      ]),
    ];
  },
};
