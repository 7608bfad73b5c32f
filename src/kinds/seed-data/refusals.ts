import { BOTH, heard, type Rule } from '../../opensearch/refusals/rule.ts';

/** Why the server refuses a document. The words are those of one item of `_bulk`, causes included. */
export const DOCUMENT_REFUSALS: readonly Rule[] = [
  {
    said: /dynamic introduction of \[(?<field>[^\]]+)\] within \[(?<object>[^\]]+)\] is not allowed/,
    code: 'RCTL_SEED_REJECTED',
    cause: 'The document has the field {field}, which the mapping (`dynamic: strict`) does not declare.',
    remedy: 'Declare {field} below mappings.properties of the Index, or take it out of the documents.',
    samples: [
      heard(
        BOTH,
        '400 strict_dynamic_mapping_exception',
        'mapping set to strict, dynamic introduction of [zork] within [_doc] is not allowed',
      ),
    ],
  },
  {
    said: /Field \[(?<field>[^\]]+)\] is a metadata field/,
    code: 'RCTL_SEED_REJECTED',
    cause: 'The document has a field {field}, which is OpenSearch’s own.',
    remedy: 'Name it in `id_field` of the SeedData if it is the ID; else call it otherwise.',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        "failed to parse field [_id] of type [_id] in document with id '2'. Preview of field's value: 'a': Field [_id] is a metadata field and cannot be added inside a document. Use the index API request parameters.",
      ),
    ],
  },
  {
    said: /failed to parse field \[(?<field>[^\]]+)\] of type \[(?<type>[^\]]+)\] in document/,
    code: 'RCTL_SEED_REJECTED',
    cause: 'The value of the field {field} is none for its type, {type}.',
    remedy: 'Correct the value, or the type of {field} in mappings.properties of the Index.',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        `failed to parse field [n] of type [integer] in document with id '1'. Preview of field's value: 'x': For input string: "x"`,
      ),
    ],
  },
  {
    said: /object mapping for \[(?<field>[^\]]+)\] tried to parse field/,
    code: 'RCTL_SEED_REJECTED',
    cause: 'The field {field} is an object by its mapping, and a plain value in the document.',
    remedy: 'Make both the same: the value in the documents, or {field} in mappings.properties of the Index.',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        'object mapping for [o] tried to parse field [o] as object, but found a concrete value',
      ),
    ],
  },
  {
    said: /immense term in field="(?<field>[^"]+)"/,
    code: 'RCTL_SEED_REJECTED',
    cause: 'The value of the keyword field {field} is longer than 32,766 bytes.',
    remedy: 'Map {field} as text, or with `ignore_above`.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Document contains at least one immense term in field="k" (whose UTF8 encoding is longer than the max length 32766), all of which were skipped.',
      ),
    ],
  },
  {
    said: /pipeline with id \[(?<pipeline>[^\]]+)\] does not exist/,
    code: 'RCTL_SEED_PIPELINE_MISSING',
    cause: 'The index sends its documents through the ingest pipeline {pipeline}, which is not there.',
    remedy:
      'Declare it as an IngestPipeline, or correct default_pipeline and final_pipeline in settings of the Index.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'pipeline with id [clean] does not exist')],
  },
];
