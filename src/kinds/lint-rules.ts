import type { LintRule } from './lint.ts';
import { PIPELINE_RULES } from './search-pipeline/lint.ts';
import { rerankDefaultPipeline } from './search-pipeline/lint-default.ts';
import { rerankUnknownField } from './search-pipeline/lint-fields.ts';
import { rerankLatencyBudget } from './verification/lint.ts';

/** Every rule; `docs/lint.md` describes each. A new one is written in the folder of its kind, and named here. */
export const LINT_RULES: readonly LintRule[] = [
  rerankDefaultPipeline,
  ...PIPELINE_RULES,
  rerankUnknownField,
  rerankLatencyBudget,
];
