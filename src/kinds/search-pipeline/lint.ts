import { dig, listAt } from '../../core/json.ts';
import type { Resource } from '../../core/resource.ts';
import { compareVersions } from '../../opensearch/capabilities.ts';
import { type LintFinding, type LintGround, type LintRule, ofKind } from '../lint.ts';
import { type Phase, type Processor, processorsOf } from '../processors.ts';

interface Placed {
  readonly resource: Resource;
  readonly processor: Processor;
  readonly at: string;
}

/** Every response processor of the manifests that is of one of the types. */
export function responseProcessors(ground: LintGround, ...types: readonly string[]): Placed[] {
  return processorsIn(ground, ['response_processors'], types);
}

function processorsIn(ground: LintGround, phases: readonly Phase[], types: readonly string[]): Placed[] {
  return ofKind(ground, 'SearchPipeline').flatMap((resource) =>
    phases
      .flatMap((phase) => processorsOf(resource.spec, phase))
      .filter(({ type }) => types.includes(type))
      .map((processor) => ({ resource, processor, at: `/spec${processor.pointer}` })),
  );
}

export function documentFields({ settings }: Processor): string[] {
  return listAt(settings, 'context', 'document_fields').filter((field) => typeof field === 'string');
}

const rerankIgnoreFailure: LintRule = {
  name: 'rerank-ignore-failure',
  level: 'warning',
  find: (ground) =>
    responseProcessors(ground, 'rerank', 'ml_inference')
      .filter(({ processor }) => processor.settings.ignore_failure === true)
      .map(({ resource, processor, at }) => ({
        resource,
        pointer: `${at}/ignore_failure`,
        message: `When ${processor.type} fails, searches return unreranked hits with status 200, and nobody is told: a model that is not deployed looks like one that ranks badly.`,
        remedy: 'Leave ignore_failure out, and let the application decide what to do without a reranker.',
      })),
};

/** 3.6.0 follows the path. 2.19.1 looks for a key of just this name, finds none, and scores the empty string. */
const rerankDottedField: LintRule = {
  name: 'rerank-dotted-field',
  level: 'warning',
  find(ground) {
    const { live } = ground;
    if (live === undefined || compareVersions(live.version, '3.6.0') >= 0) return [];
    return responseProcessors(ground, 'rerank').flatMap(({ resource, processor, at }) =>
      documentFields(processor).flatMap((field, i): LintFinding[] => {
        if (!field.includes('.')) return [];
        return [
          {
            resource,
            pointer: `${at}/context/document_fields/${i}`,
            message: `OpenSearch ${live.version} does not follow ${field} into the document: the model gets an empty text for every hit. Dotted paths work from 3.6 on.`,
            remedy: `Name a top-level field, or have every search return it: \`fields: [${field}]\` in its body.`,
          },
        ];
      }),
    );
  },
};

const rerankJoinedFields: LintRule = {
  name: 'rerank-joined-fields',
  level: 'note',
  find: (ground) =>
    responseProcessors(ground, 'rerank').flatMap(({ resource, processor, at }): LintFinding[] => {
      const fields = documentFields(processor);
      if (fields.length < 2) return [];
      return [
        {
          resource,
          pointer: `${at}/context/document_fields`,
          message: `The model gets ${fields.join(' and ')} as one text with nothing between them: the last word of one and the first of the next become one word.`,
          remedy:
            'Join them with a separator when documents are indexed, in a field of their own, and name that one.',
        },
      ];
    }),
};

/** What a processor sends to its model: the form of `rerank`, or the inputs that its `input_map` names. */
function inputsOf({ type, settings }: Processor): string {
  if (type === 'rerank') return 'query_text, text_docs';
  const [first] = listAt(settings, 'input_map');
  return Object.keys((first as object | undefined) ?? {})
    .sort()
    .join(', ');
}

function modelOf({ type, settings }: Processor): { model: unknown; below: string } {
  return type === 'rerank'
    ? { model: dig(settings, 'ml_opensearch', 'model_id'), below: '/ml_opensearch/model_id' }
    : { model: settings.model_id, below: '/model_id' };
}

const rerankSharedModel: LintRule = {
  name: 'rerank-shared-model',
  level: 'warning',
  find(ground) {
    const first = new Map<string, { inputs: string; where: string }>();
    return processorsIn(
      ground,
      ['request_processors', 'response_processors'],
      ['rerank', 'ml_inference'],
    ).flatMap(({ resource, processor, at }): LintFinding[] => {
      const { model, below } = modelOf(processor);
      const name = dig(model, 'address') ?? model;
      if (typeof name !== 'string') return [];
      // What a local model takes is its own: `ml_inference` has to shape it (`model_input`), as `rerank` does.
      const declared = ground.resources.get(name as `${string}/${string}`)?.spec.function_name;
      if (typeof declared === 'string' && declared.toLowerCase() !== 'remote') return [];
      const inputs = inputsOf(processor);
      const earlier = first.get(name);
      if (earlier === undefined)
        first.set(name, { inputs, where: `${processor.type} of ${resource.address}` });
      if (earlier === undefined || earlier.inputs === inputs) return [];
      return [
        {
          resource,
          pointer: `${at}${below}`,
          message: `${name} is asked with other inputs here (${inputs}) than by ${earlier.where} (${earlier.inputs}): its connector makes the request of one of the two.`,
          remedy: 'Declare a second Connector and Model for the same service, one for each form of input.',
        },
      ];
    });
  },
};

/**
 * Each hit is asked for by itself, and the hits come back in the order of the answers: of 40 searches with ten hits no two
 * had the same order (2.19.1, 3.6.0).
 */
const inferenceOrder: LintRule = {
  name: 'inference-order',
  level: 'warning',
  find: (ground) =>
    ofKind(ground, 'SearchPipeline').flatMap((resource): LintFinding[] => {
      const all = processorsOf(resource.spec, 'response_processors');
      return all.flatMap(({ type, settings, pointer }, i): LintFinding[] => {
        const sorted = all.slice(i + 1).some((later) => later.type === 'rerank');
        if (type !== 'ml_inference' || settings.one_to_one !== true || sorted) return [];
        return [
          {
            resource,
            pointer: `/spec${pointer}/one_to_one`,
            message:
              'With one_to_one the hits come back in the order in which the model answered, another one with each search, and nothing sorts them afterwards.',
            remedy:
              'Let a rerank with by_field follow, which sorts by what the model has said, or leave one_to_one out: all hits are then one request.',
          },
        ];
      });
    }),
};

export const PIPELINE_RULES: readonly LintRule[] = [
  rerankIgnoreFailure,
  rerankDottedField,
  rerankJoinedFields,
  rerankSharedModel,
  inferenceOrder,
];
