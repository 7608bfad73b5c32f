import { BOTH, heard, type Rule } from '../../opensearch/refusals/rule.ts';

/** What the server says to a search pipeline that it does not take. */
export const SEARCH_PIPELINE_REFUSALS: readonly Rule[] = [
  {
    said: /^Invalid processor type (?<type>\S+)/,
    code: 'RCTL_PROCESSOR_UNKNOWN',
    cause: 'This cluster has no processor {type} that could stand in this list.',
    remedy:
      'Correct its name, move it to the right one of request_processors, response_processors and phase_results_processors, or install the plugin that brings it.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'Invalid processor type zork')],
  },
  {
    said: /^processor \[(?<processor>[^\]]*)\] doesn't support one or more provided configuration parameters:? \[(?<keys>[^\]]*)\]/,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'The processor {processor} has no parameter {keys} here.',
    remedy: 'Correct its name or leave it out. A rerank by_field takes no `context`.',
    samples: [
      heard(
        BOTH,
        '400 parse_exception',
        "processor [rerank] doesn't support one or more provided configuration parameters: [zork]",
      ),
    ],
  },
  {
    said: /^pipeline \[[^\]]*\] doesn't support one or more provided configuration parameters:? \[(?<keys>[^\]]*)\]/,
    code: 'RCTL_PIPELINE_FIELD',
    cause: 'A search pipeline has no field {keys} on this server.',
    remedy:
      'It takes description, version and the three lists of processors alone; put notes into `description`.',
    samples: [
      heard(
        BOTH,
        '400 parse_exception',
        "pipeline [p1] doesn't support one or more provided configuration parameters [_meta]",
      ),
    ],
  },
  {
    said: /No rerank type found|Multiple rerank types found/i,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'A rerank processor has just one of ml_opensearch and by_field: {reason}',
    remedy:
      'Write one of the two, e.g. `ml_opensearch: {model_id: {$ref: Model/NAME}}` with `context.document_fields`.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'No rerank type found. Possible rerank types are: [ml_opensearch, by_field]',
      ),
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Multiple rerank types found: [by_field, ml_opensearch]. Only one is permitted.',
      ),
    ],
  },
  {
    said: /^\[(?<field>[^\]]+)\] required property is missing/,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'A processor lacks `{field}`.',
    remedy:
      'Add it: a rerank with ml_opensearch has `model_id` and `context.document_fields`, one with by_field `target_field`.',
    samples: [
      heard(BOTH, '400 parse_exception', '[context] required property is missing'),
      heard(BOTH, '400 parse_exception', '[model_id] required property is missing'),
      heard(BOTH, '400 parse_exception', '[target_field] required property is missing'),
    ],
  },
  {
    said: /^\[(?<field>[^\]]+)\] property isn't an? (?<type>[^,]+), but of type \[(?<given>[^\]]+)\]/,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: '`{field}` is no {type} but {given}.',
    remedy: 'Mind the quotes: "yes" and "true" are texts, true is none.',
    samples: [
      heard(
        BOTH,
        '400 parse_exception',
        "[remove_target_field] property isn't a boolean, but of type [java.lang.String]",
      ),
      heard(
        BOTH,
        '400 parse_exception',
        "[model_id] property isn't a string, but of type [java.lang.Integer]",
      ),
    ],
  },
  {
    said: /document_fields must not contain more than (?<most>\d+) fields/i,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'context.document_fields has more than {most} fields.',
    remedy:
      'Name fewer, or raise plugins.neural_search.reranker_max_document_fields in opensearch.yml of every node.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'document_fields must not contain more than 50 fields. Configure by setting plugins.neural_search.reranker_max_document_fields',
      ),
    ],
  },
  {
    said: /document_fields must be|unrecognized context field/i,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'context of the rerank processor cannot be as it is: {reason}.',
    remedy: 'Write `context: {document_fields: [title, text]}`, a list of at least one field.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'document_fields must be a list of field names'),
      heard(BOTH, '400 illegal_argument_exception', 'document_fields must be nonempty'),
      heard(BOTH, '400 illegal_argument_exception', 'unrecognized context field: zork'),
    ],
  },
  {
    said: /Please provide model input when using a local model in ML Inference Processor/i,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'ml_inference with a local model says with `model_input` what the model is asked.',
    remedy: `Add \`model_input\`, e.g. the body of a predict with \${input_map.…} in it, or leave \`function_name\` out for a remote model.`,
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Please provide model input when using a local model in ML Inference Processor',
      ),
    ],
  },
];
