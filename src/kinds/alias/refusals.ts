import { BOTH, heard, type Rule, type Words, wordsOf } from '../../opensearch/refusals/rule.ts';
import { ALIAS_FILTER } from '../index-refusals.ts';

const NAME_IS_INDEX: Rule = {
  said: /an index (?:or data stream )?exists with the same name as the alias/,
  code: 'RCTL_NAME_IS_INDEX',
  cause: '{name} is an index of this cluster, so no alias can have that name.',
  remedy: 'Give the alias another name, or move what the index holds to one of another name and delete it.',
  samples: [
    heard(
      BOTH,
      '400 invalid_alias_name_exception',
      'Invalid alias name [products], an index exists with the same name as the alias',
    ),
  ],
};

/** The same, known before anything is sent. */
export function nameIsIndex(alias: string): Words {
  return wordsOf(NAME_IS_INDEX, { reason: '' }, { name: alias });
}

/** What the server says to an alias that it does not take. Some are 500, although nothing broke. */
export const ALIAS_REFUSALS: readonly Rule[] = [
  NAME_IS_INDEX,
  {
    type: 'null_pointer_exception',
    code: 'RCTL_ALIAS_CLOSED_INDEX',
    cause: 'The server cannot read the filter of the alias {name} for an index that is closed.',
    remedy: 'Open the index (POST /NAME/_open), or take it out of indices.',
    samples: [
      heard(
        '3.6.0',
        '500 null_pointer_exception',
        'Cannot invoke "org.opensearch.index.mapper.MapperService.merge(org.opensearch.cluster.metadata.IndexMetadata, org.opensearch.index.mapper.MapperService$MergeReason)" because the return value of "org.opensearch.index.IndexService.mapperService()" is null',
      ),
      heard(
        '2.19.1',
        '500 null_pointer_exception',
        'Cannot invoke "org.opensearch.index.cache.IndexCache.bitsetFilterCache()" because "this.indexCache" is null',
      ),
    ],
  },
  {
    said: /several index routing values/,
    code: 'RCTL_ALIAS_ROUTING',
    cause: 'The alias {name} has several routing values for writes; only searches can have several.',
    remedy: 'Give the list as search_routing, and one value as index_routing.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'alias [shop] has several index routing values associated with it',
      ),
    ],
  },
  {
    said: /has more than one write index \[(?<indices>[^\]]*)\]/,
    code: 'RCTL_ALIAS_WRITE_INDEX',
    cause: 'An alias has one index at most for writes, and {name} would have {indices}.',
    remedy: 'Name one of them as write_index of the Alias.',
    samples: [
      heard(
        BOTH,
        '500 illegal_state_exception',
        'alias [shop] has more than one write index [products-a,products-b]',
      ),
    ],
  },
  {
    type: 'invalid_alias_name_exception',
    code: 'RCTL_ALIAS_NAME',
    cause: 'OpenSearch takes no alias of the name {name}: {reason}',
    remedy: 'Change metadata.name.',
    samples: [
      heard(BOTH, '400 invalid_alias_name_exception', "Invalid alias name [a#b]: must not contain '#'"),
    ],
  },
  ALIAS_FILTER,
];
