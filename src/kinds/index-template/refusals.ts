import { BOTH, heard, type Rule, type Words, wordsOf } from '../../opensearch/refusals/rule.ts';
import { UNKNOWN_INDEX_SETTING } from '../index-refusals.ts';

const CONFLICT: Rule = {
  said: /index template \[(?<template>[^\]]+)\] has index patterns .* with patterns \((?<patterns>(?<other>\S+) => .+)\) that have the same priority \[(?<priority>\d+)\]/,
  code: 'RCTL_TEMPLATE_CONFLICT',
  cause:
    'The index templates {template} and {other} are for the same names ({patterns}) and have the same priority, {priority}: OpenSearch could not tell which one counts.',
  remedy:
    'Give one of the two another priority (the higher one counts), or patterns that no name can fit both of.',
  samples: [
    heard(
      BOTH,
      '400 illegal_argument_exception',
      'index template [b] has index patterns [logs-*] matching patterns from existing templates [a] with patterns (a => [logs-*]) that have the same priority [0], multiple index templates may not match during index creation, please use a different priority',
    ),
  ],
};

/** The same, known before anything is sent. */
export function conflictWords(template: string, other: string, patterns: string, priority: number): Words {
  const known = { template, other, patterns, priority: String(priority) };
  return wordsOf(CONFLICT, { reason: '' }, known);
}

/** What the server says to a template that it does not take, or does not let go. */
export const TEMPLATE_REFUSALS: readonly Rule[] = [
  CONFLICT,
  {
    said: /specifies component templates \[(?<missing>[^\]]*)\] that do not exist/,
    code: 'RCTL_COMPONENT_TEMPLATE_MISSING',
    cause: 'composed_of names component templates that this cluster does not have: {missing}.',
    remedy: 'Make them first (PUT /_component_template/NAME), or leave them out.',
    samples: [
      heard(
        BOTH,
        '400 invalid_index_template_exception',
        'index_template [t] invalid, cause [index template [t] specifies component templates [zork] that do not exist]',
      ),
    ],
  },
  {
    said: /Failed to parse mapping \[_doc\]: (?<why>[^\]]+\].*)/s,
    code: 'RCTL_MAPPING_INVALID',
    cause: 'The mapping of the template cannot be as it is: {why}',
    remedy: 'Correct the field that it names below template.mappings.properties.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'composable template [t] template after composition is invalid: invalid composite mappings for [t]: Failed to parse mapping [_doc]: No handler for type [zork] declared on field [a]',
      ),
    ],
  },
  {
    said: /in use by a data streams \[(?<streams>[^\]]*)\]|would cause data streams \[(?<others>[^\]]*)\] to no longer match/,
    code: 'RCTL_TEMPLATE_IN_USE',
    cause: ({ streams, others }) => `The data streams ${streams ?? others} need this template as it is.`,
    remedy: 'Delete the data streams first, or let another template with data_stream match them.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'unable to remove composable templates [t] as they are in use by a data streams [s]',
      ),
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'composable template [t] with index patterns [s*], priority [0] and no data stream configuration would cause data streams [s] to no longer match a data stream template',
      ),
    ],
  },
  UNKNOWN_INDEX_SETTING,
];
