import { basename, relative, resolve } from 'node:path';
import { slugOf } from '../../engine/export.ts';
import { type Draft, fileOf } from './document.ts';
import { type Answers, type Reranker, SAMPLE_QUERY } from './questions.ts';
import { connectorOf, SECRETS } from './remote.ts';

export interface Project {
  /** Texts of manifests by their path in the folder. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Environment variables that the manifests take secrets from. */
  readonly secrets: readonly string[];
}

/** The files that there may be. */
export const MANIFEST_FILES = ['model.yaml', 'index.yaml', 'search.yaml'] as const;

/** The manifests that the answers ask for. `folder` is where they will lie; paths are written relative to it. */
export function projectOf(answers: Answers, folder: string, cwd: string): Project {
  const reranker = answers.reranker as Reranker;
  const wanted: Wanted = {
    index: answers.index ?? '',
    isThere: answers['existing-index'] === 'yes',
    textField: answers['text-field'] ?? '',
    scoreField: reranker === 'by-field' ? (answers['score-field'] ?? '') : undefined,
    query: answers.query ?? '',
  };
  const manifests = new Map<(typeof MANIFEST_FILES)[number], string>();
  const models = modelsOf(reranker, answers, folder, cwd);
  if (models.length > 0) manifests.set('model.yaml', fileOf(models));
  if (!wanted.isThere) manifests.set('index.yaml', fileOf(indexOf(wanted)));
  manifests.set('search.yaml', fileOf(searchOf(wanted)));
  return { manifests, secrets: reranker in SECRETS ? SECRETS[reranker as keyof typeof SECRETS] : [] };
}

interface Wanted {
  readonly index: string;
  /** The index is there already, with documents, and not a matter of these manifests. */
  readonly isThere: boolean;
  readonly textField: string;
  /** Reranked by this field instead of by a model. */
  readonly scoreField: string | undefined;
  readonly query: string;
}

const MODEL = 'reranker';
const GROUP = 'rerankers';

function modelsOf(
  reranker: Reranker,
  { index = '', model = '', region = '', 'model-format': format = '' }: Answers,
  folder: string,
  cwd: string,
): Draft[] {
  const group: Draft = { kind: 'ModelGroup', name: GROUP, spec: { name: `${index} rerankers` }, about: [] };
  const draft = (name: string, rest: object, about: readonly string[]): Draft => ({
    kind: 'Model',
    name: MODEL,
    spec: { name, model_group_id: { $ref: `ModelGroup/${GROUP}` }, ...rest },
    about,
  });
  switch (reranker) {
    case 'by-field':
      return [];
    case 'pretrained':
      return [
        group,
        draft(model, { version: '1.0.2', model_format: 'TORCH_SCRIPT' }, [
          'The cluster downloads it from artifacts.opensearch.org. Then it is deployed, and asked once.',
        ]),
      ];
    case 'file': {
      const file = relative(folder, resolve(cwd, model)).replaceAll('\\', '/');
      const config = {
        model_type: 'bert',
        embedding_dimension: 1,
        framework_type: 'huggingface_transformers',
      };
      const spec = { function_name: 'TEXT_SIMILARITY', model_format: format, model_config: config, file };
      return [
        group,
        draft(slugOf(basename(model).replace(/\.zip$/i, '')) || MODEL, spec, [
          'The zip is uploaded in chunks. Then it is deployed, and asked once. model_type is the architecture, as the',
          'config.json of the model names it. The cluster must allow uploads: rerankctl doctor tells.',
        ]),
      ];
    }
    default:
      return [
        group,
        connectorOf(reranker, `${index} ${reranker} connector`, { model, region }),
        draft(
          `${index} reranker`,
          { function_name: 'remote', connector_id: { $ref: `Connector/${reranker}` } },
          ['Asked once through the connector when it is deployed: a wrong key is found then.'],
        ),
      ];
  }
}

const PASSAGES = [
  'Carson City is the capital city of the American state of Nevada.',
  'Saipan is the capital of the Northern Mariana Islands, a group of islands in the Pacific Ocean.',
  'Washington, D.C. is the capital of the United States. It is a federal district.',
  'Capital punishment has existed in the United States since before it was a country.',
] as const;

function indexOf({ index, textField, scoreField }: Wanted): Draft[] {
  const mappings = {};
  place(mappings, textField, { type: 'text' }, 'properties');
  if (scoreField !== undefined) place(mappings, scoreField, { type: 'float' }, 'properties');
  const documents = PASSAGES.map((passage, i) => {
    const document = {};
    place(document, textField, passage);
    if (scoreField !== undefined) place(document, scoreField, i + 1);
    return document;
  });
  return [
    {
      kind: 'Index',
      name: index,
      spec: { mappings },
      about: ['Fields that the index has beside these are left alone.'],
    },
    {
      kind: 'SeedData',
      name: `${index}-sample`,
      spec: { index: { $ref: `Index/${index}` }, documents },
      about: ['A few documents to try it with. `files: [documents.ndjson]` takes them from a file.'],
    },
  ];
}

/** Puts a value at a dotted path; `below` is what a mapping calls the level between. */
function place(target: Record<string, unknown>, path: string, value: unknown, below?: string): void {
  const [key = '', ...rest] = path.split('.');
  let level = target;
  if (below !== undefined) {
    level[below] ??= {};
    level = level[below] as Record<string, unknown>;
  }
  if (rest.length === 0) {
    level[key] = value;
    return;
  }
  level[key] ??= {};
  place(level[key] as Record<string, unknown>, rest.join('.'), value, below);
}

function searchOf({ index, isThere, textField, scoreField, query }: Wanted): Draft[] {
  const name = `${index}-rerank`;
  const rerank =
    scoreField === undefined
      ? { ml_opensearch: { model_id: { $ref: `Model/${MODEL}` } }, context: { document_fields: [textField] } }
      : { by_field: { target_field: scoreField, keep_previous_score: true } };
  // Of an index that is filled already nobody knows here what it holds; the sample is found whole.
  const body = isThere
    ? { query: { match: { [textField]: query } }, size: 20 }
    : { query: { match_all: {} }, size: PASSAGES.length };
  const best = isThere ? undefined : bestPassage(query, scoreField);
  const expect = best === undefined ? {} : { expect: { first: { [textField]: { contains: best } } } };
  return [
    {
      kind: 'SearchPipeline',
      name,
      spec: { response_processors: [{ rerank }] },
      about: [`Searches name it: GET /${index}/_search?search_pipeline=${name}`],
    },
    {
      kind: 'Verification',
      name,
      spec: {
        index: isThere ? index : { $ref: `Index/${index}` },
        search_pipeline: { $ref: `SearchPipeline/${name}` },
        fields: [textField],
        queries: [{ query_text: query, body, ...expect }],
      },
      about: [
        'rerankctl verify searches with the pipeline and without. An apply that would change what searches go through',
        'asks this first, and stops where an expectation is not met:',
        `  expect: { first: { ${textField}: { contains: … } } }`,
      ],
    },
  ];
}

/** The beginning of the passage that has to come first; nobody knows it for a query of somebody's own. */
function bestPassage(query: string, scoreField: string | undefined): string | undefined {
  if (scoreField !== undefined) return 'Capital punishment';
  return query === SAMPLE_QUERY ? 'Washington, D.C.' : undefined;
}
