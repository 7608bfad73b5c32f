import { BOTH, heard, type Rule } from '../opensearch/refusals/rule.ts';

/*
 * What the server says of parts that several kinds send: an index and a template have settings, an index and an alias have
 * filters.
 */

export const UNKNOWN_INDEX_SETTING: Rule = {
  said: /unknown setting \[(?<setting>[^\]]+)\]/,
  code: 'RCTL_SETTING_UNKNOWN',
  cause: 'This cluster knows no setting {setting}.',
  remedy: 'Correct its name, or install the plugin that brings it.',
  samples: [
    heard(
      '3.6.0',
      '400 settings_exception',
      'unknown setting [index.zork] please check that any required plugins are installed, or check the breaking changes documentation for removed settings',
    ),
    heard(
      '2.19.1',
      '400 illegal_argument_exception',
      'unknown setting [index.zork] please check that any required plugins are installed, or check the breaking changes documentation for removed settings',
    ),
    heard(
      '2.19.1',
      '400 invalid_index_template_exception',
      'index_template [t] invalid, cause [Validation Failed: 1: unknown setting [index.zork] please check that any required plugins are installed, or check the breaking changes documentation for removed settings;2: expected [index.zork] to be private but it was not;]',
    ),
  ],
};

export const ALIAS_FILTER: Rule = {
  said: /failed to parse filter for alias \[(?<alias>[^\]]+)\]/,
  code: 'RCTL_ALIAS_FILTER',
  cause: 'The filter of the alias {alias} is no query that the server knows: {reason}',
  remedy: 'Correct the filter: it is what stands below `query` in a search.',
  samples: [
    heard(
      BOTH,
      '400 illegal_argument_exception',
      'failed to parse filter for alias [shop]: unknown query [zork]: [1:9] unknown field [zork]',
    ),
  ],
};
