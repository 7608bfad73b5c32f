import { heard, type Rule } from '../../opensearch/refusals/rule.ts';

/** What the server says to an ingest pipeline that it does not take. */
export const INGEST_PIPELINE_REFUSALS: readonly Rule[] = [
  {
    said: /No processor type exists with name \[(?<type>[^\]]*)\]/,
    code: 'RCTL_PROCESSOR_UNKNOWN',
    cause: 'This cluster has no ingest processor {type}.',
    remedy:
      'Correct its name, or install the module or plugin that brings it. `GET /_nodes/ingest` lists those that there are.',
    samples: [heard('2.19.1, 3.6.0', '400 parse_exception', 'No processor type exists with name [zork]')],
  },
  {
    said: /^processor \[(?<processor>[^\]]*)\] doesn't support one or more provided configuration parameters \[(?<keys>[^\]]*)\]/,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'The processor {processor} has no parameter {keys}.',
    remedy: 'Correct its name or leave it out.',
    samples: [
      heard(
        '2.19.1, 3.6.0',
        '400 parse_exception',
        "processor [set] doesn't support one or more provided configuration parameters [zork]",
      ),
    ],
  },
  {
    said: /^\[(?<field>[^\]]+)\] required property is missing/,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'A processor lacks `{field}`.',
    remedy: 'Add it.',
    samples: [heard('2.19.1, 3.6.0', '400 parse_exception', '[field] required property is missing')],
  },
  {
    said: /compile error: (?<why>.+)/s,
    code: 'RCTL_PROCESSOR_FIELD',
    cause: 'A Painless script of the pipeline does not compile: {why}',
    remedy: 'Mend `source` of the script processor.',
    samples: [
      heard('2.19.1, 3.6.0', '400 script_exception', "compile error: invalid sequence of tokens near [';']."),
    ],
  },
];
