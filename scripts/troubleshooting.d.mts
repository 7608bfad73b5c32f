import type { Known, Rule, Sample, Saying, Words } from '../src/opensearch/refusals/rule.ts';

/** The text of docs/troubleshooting.md. `chapters`: pairs of a title and its codes with their meanings. */
export function troubleshooting(data: {
  readonly chapters: readonly (readonly [string, Readonly<Record<string, string>>])[];
  readonly rules: readonly Rule[];
  readonly sayingOf: (sample: Sample) => Saying;
  readonly wordsOf: (rule: Rule, saying: Saying, known?: Known) => Words;
}): string;
