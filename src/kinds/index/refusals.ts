import { BOTH, heard, type Rule } from '../../opensearch/refusals/rule.ts';
import { ALIAS_FILTER, UNKNOWN_INDEX_SETTING } from '../index-refusals.ts';

/** What the server says to settings, mappings and names of an index that it does not take. */
export const INDEX_REFUSALS: readonly Rule[] = [
  {
    type: 'resource_already_exists_exception',
    said: /index \[(?<index>[^\]/]+)/,
    code: 'RCTL_INDEX_EXISTS',
    cause: 'Somebody else has made the index {index} meanwhile, otherwise than it is declared.',
    remedy: 'Plan again: it is compared then, and taken over where it can be.',
    samples: [
      heard(
        BOTH,
        '400 resource_already_exists_exception',
        'index [products/RYuNWJE1S3KBQh1RIIQUjg] already exists',
      ),
    ],
  },
  {
    type: 'invalid_index_name_exception',
    said: /Invalid index name \[(?<index>.*?)\], already exists as alias/,
    code: 'RCTL_NAME_IS_ALIAS',
    cause: '{index} is an alias of this cluster, so no index can have that name.',
    remedy: 'Give the index another name, or remove the alias first.',
    samples: [
      heard(
        BOTH,
        '400 invalid_index_name_exception',
        'Invalid index name [products], already exists as alias',
      ),
    ],
  },
  {
    type: 'invalid_index_name_exception',
    said: /Invalid index name \[.*?\], (?<why>.*)/s,
    code: 'RCTL_INDEX_NAME',
    cause: 'OpenSearch takes no index of this name: it {why}.',
    remedy: 'Change metadata.name.',
    samples: [
      heard(BOTH, '400 invalid_index_name_exception', 'Invalid index name [Products], must be lowercase'),
    ],
  },
  {
    said: /matches an alias, specify the corresponding concrete indices/i,
    code: 'RCTL_NAME_IS_ALIAS',
    cause: 'The name is that of an alias, and the server does this to indices alone.',
    remedy: 'Name the index itself.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'The provided expression [products] matches an alias, specify the corresponding concrete indices instead.',
      ),
    ],
  },
  {
    said: /Can't update non dynamic settings \[\[(?<settings>[^\]]*)\]\]/,
    code: 'RCTL_INDEX_IMMUTABLE',
    cause: '{settings} cannot be changed while the index is open.',
    remedy:
      'Set metadata.lifecycle.rollout to reindex, so that a new index takes over, or put the old value back.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        "Can't update non dynamic settings [[index.number_of_shards]] for open indices [[products/RYuNWJE1S3KBQh1RIIQUjg]]",
      ),
    ],
  },
  {
    said: /mapper \[(?<field>[^\]]+)\] cannot be changed from type \[(?<from>[^\]]+)\] to \[(?<to>[^\]]+)\]/,
    code: 'RCTL_INDEX_IMMUTABLE',
    cause: 'The field {field} is {from} in the existing index and cannot become {to}.',
    remedy:
      'Set metadata.lifecycle.rollout to reindex, so that a new index takes over, or give the field another name.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'mapper [t] cannot be changed from type [text] to [keyword]',
      ),
    ],
  },
  {
    said: /Mapper for \[(?<field>[^\]]+)\] conflicts with existing mapper:\s*(?<why>.+)/s,
    code: 'RCTL_INDEX_IMMUTABLE',
    cause: 'The field {field} of the existing index cannot be changed like that: {why}.',
    remedy:
      'Set metadata.lifecycle.rollout to reindex, or put the old parameter back. A parameter that is left out counts as its default.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Mapper for [t] conflicts with existing mapper:\n\tCannot update parameter [analyzer] from [default] to [whitespace]',
      ),
    ],
  },
  {
    said: /can't merge a non object mapping \[(?<field>[^\]]+)\] with an object mapping/,
    code: 'RCTL_INDEX_IMMUTABLE',
    cause: 'The field {field} of the existing index holds values, and cannot become an object.',
    remedy:
      'Set metadata.lifecycle.rollout to reindex, so that a new index takes over, or give the object another name.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        "can't merge a non object mapping [t] with an object mapping",
      ),
    ],
  },
  {
    said: /Failed to parse value \[(?<value>.*?)\] for setting \[(?<setting>[^\]]+)\](?<why>.*)/s,
    code: 'RCTL_SETTING_VALUE',
    cause: '{setting} cannot be {value}{why}.',
    remedy: 'Correct the value.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Failed to parse value [x] for setting [index.number_of_shards]: For input string: "x"',
      ),
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Failed to parse value [2000] for setting [index.number_of_shards] must be <= 1024',
      ),
    ],
  },
  {
    said: /No handler for type \[(?<type>[^\]]+)\] declared on field \[(?<field>[^\]]+)\]/,
    code: 'RCTL_MAPPING_INVALID',
    cause: 'This cluster has no type {type}, which the field {field} is declared with.',
    remedy: 'Correct the type, or install the plugin that brings it (knn_vector: opensearch-knn).',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        'Failed to parse mapping [_doc]: No handler for type [zork] declared on field [a]',
      ),
    ],
  },
  {
    said: /unknown parameter \[(?<parameter>[^\]]+)\] on mapper \[(?<field>[^\]]+)\] of type \[(?<type>[^\]]+)\]/,
    code: 'RCTL_MAPPING_INVALID',
    cause: 'The field {field} has the parameter {parameter}, which the type {type} does not take.',
    remedy: 'Correct its name or leave it out.',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        'Failed to parse mapping [_doc]: unknown parameter [zork] on mapper [a] of type [text]',
      ),
    ],
  },
  {
    said: /analyzer \[(?<analyzer>[^\]]+)\] has not been configured in mappings/,
    code: 'RCTL_MAPPING_INVALID',
    cause: 'A field names the analyzer {analyzer}, which is neither built in nor declared.',
    remedy: 'Declare it below settings.analysis.analyzer of the Index, or correct its name.',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        'Failed to parse mapping [_doc]: analyzer [zork] has not been configured in mappings',
      ),
    ],
  },
  {
    said: /Failed to build analyzers: \[(?<analyzer>[^\]]+)\]|Custom Analyzer \[(?<custom>[^\]]+)\] failed to find/,
    code: 'RCTL_MAPPING_INVALID',
    cause: 'An analyzer of settings.analysis cannot be made: {reason}',
    remedy:
      'Correct its tokenizer and filters: each is built in, or declared beside it in settings.analysis.',
    samples: [
      heard('3.6.0', '400 illegal_argument_exception', 'Failed to build analyzers: [a]'),
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        'Custom Analyzer [a] failed to find tokenizer under name [zork]',
      ),
    ],
  },
  {
    said: /Root mapping definition has unsupported parameters:\s*\[(?<parameters>.*?)\]/s,
    code: 'RCTL_MAPPING_INVALID',
    cause: 'mappings has parameters that it does not take: {parameters}.',
    remedy: 'Fields stand below mappings.properties.',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        'Failed to parse mapping [_doc]: Root mapping definition has unsupported parameters:  [zork : 1]',
      ),
    ],
  },
  {
    said: /Limit of total fields \[(?<most>\d+)\] has been exceeded/,
    code: 'RCTL_MAPPING_LIMIT',
    cause: 'The index would have more than {most} fields.',
    remedy: 'Declare fewer, say `dynamic: false`, or raise index.mapping.total_fields.limit in its settings.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'Limit of total fields [1] has been exceeded')],
  },
  {
    said: /Failed to parse mapping \[_doc\]: (?<why>.+)/s,
    code: 'RCTL_MAPPING_INVALID',
    cause: 'The mapping cannot be as it is: {why}',
    remedy: 'Correct the field that it names below mappings.properties.',
    samples: [
      heard(
        BOTH,
        '400 mapper_parsing_exception',
        'Failed to parse mapping [_doc]: Dimension value missing for vector: a',
      ),
    ],
  },
  {
    said: /Invalid alias name \[(?<alias>[^\]]+)\], an index exists with the same name/i,
    code: 'RCTL_NAME_IS_INDEX',
    cause: 'The alias {alias} has the name of an index.',
    remedy: 'Give the alias another name in `aliases` of the Index.',
    samples: [
      heard(
        BOTH,
        '400 invalid_alias_name_exception',
        'Invalid alias name [products], an index exists with the same name as the alias',
      ),
    ],
  },
  UNKNOWN_INDEX_SETTING,
  ALIAS_FILTER,
];
