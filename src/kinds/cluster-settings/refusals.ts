import { heard, type Rule } from '../../opensearch/refusals/rule.ts';

/** What the server says to a setting that it does not take (`settings_exception` on 3.6.0, not on 2.19.1). */
export const SETTINGS_REFUSALS: readonly Rule[] = [
  {
    said: /setting \[(?<setting>index\.[^\]]+)\], not recognized/,
    code: 'RCTL_SETTING_UNKNOWN',
    cause: 'This cluster knows no setting {setting}.',
    remedy: 'Settings of an index belong into an Index or an IndexTemplate.',
    samples: [
      heard('3.6.0', '400 settings_exception', 'persistent setting [index.number_of_shards], not recognized'),
    ],
  },
  {
    // The remedy of what could have been meant takes a look at the names that there are: `index.ts`.
    said: /setting \[(?<setting>[^\]]+)\], not recognized/,
    code: 'RCTL_SETTING_UNKNOWN',
    cause: 'This cluster knows no setting {setting}.',
    remedy: 'Correct its name, or install the plugin that brings it.',
    samples: [
      heard('3.6.0', '400 settings_exception', 'persistent setting [plugins.zork], not recognized'),
      heard('2.19.1', '400 illegal_argument_exception', 'persistent setting [plugins.zork], not recognized'),
    ],
  },
  {
    said: /setting \[(?<setting>[^\]]+)\], not dynamically updateable/,
    code: 'RCTL_SETTING_FIXED',
    cause: '{setting} cannot be changed while the cluster runs.',
    remedy: 'Set it in opensearch.yml of every node and restart them, and take it out of the manifest.',
    samples: [
      heard(
        '3.6.0',
        '400 settings_exception',
        'persistent setting [cluster.name], not dynamically updateable',
      ),
    ],
  },
  {
    said: /Failed to parse value \[(?<value>.*)\] for setting \[(?<setting>[^\]]+)\]/s,
    code: 'RCTL_SETTING_VALUE',
    cause: '{setting} cannot be "{value}": {reason}',
    remedy: 'Correct the value.',
    samples: [
      heard(
        '2.19.1, 3.6.0',
        '400 illegal_argument_exception',
        'Failed to parse value [x] for setting [cluster.max_shards_per_node]: For input string: "x"',
      ),
    ],
  },
];
