import type { ServerError } from '../../core/errors.ts';
import type { Words } from '../refusals.ts';

/** What the server says to actions that it does not take. Some are 500, although nothing broke (2.19.1, 3.6.0). */
export function refusal(alias: string): (error: ServerError) => Words | undefined {
  return ({ reason, type }) => {
    if (reason.includes('an index exists with the same name as the alias')) return nameIsIndex(alias);
    if (type === 'null_pointer_exception') {
      return {
        code: 'RCTL_ALIAS_CLOSED_INDEX',
        message: `The server cannot read the filter of the alias ${alias} for an index that is closed.`,
        remedy: 'Open the index (POST /NAME/_open), or take it out of indices.',
      };
    }
    if (reason.startsWith('failed to parse filter for alias')) {
      return {
        code: 'RCTL_ALIAS_FILTER',
        message: `The filter of the alias ${alias} is no query that the server knows: ${reason}`,
        remedy: 'Correct the filter: it is what stands below `query` in a search.',
      };
    }
    if (reason.includes('several index routing values')) {
      return {
        code: 'RCTL_ALIAS_ROUTING',
        message: `The alias ${alias} has several routing values for writes; only searches can have several.`,
        remedy: 'Give the list as search_routing, and one value as index_routing.',
      };
    }
    if (type === 'invalid_alias_name_exception') {
      return {
        code: 'RCTL_ALIAS_NAME',
        message: `OpenSearch takes no alias of the name ${alias}: ${reason}`,
        remedy: 'Change metadata.name.',
      };
    }
    return undefined;
  };
}

export function nameIsIndex(alias: string): Words {
  return {
    code: 'RCTL_NAME_IS_INDEX',
    message: `${alias} is an index of this cluster, so no alias can have that name.`,
    remedy: 'Give the alias another name, or move what the index holds to one of another name and delete it.',
  };
}
