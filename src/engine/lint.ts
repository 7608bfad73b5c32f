import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import type { LintLevels } from '../core/lint.ts';
import type { Resource } from '../core/resource.ts';
import { diagnose, type LintGround, type LintRule, type LiveGround } from '../kinds/lint.ts';
import { KINDS } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';

/** Every rule, kind by kind; `docs/lint.md` describes each. */
const RULES: readonly LintRule[] = KINDS.flatMap(({ lint: rules = [] }) => rules);

/** Names of the rules, by which a user sets their levels. */
export const LINT_RULES: readonly string[] = RULES.map(({ name }) => name);

/** Traps that the server accepts without a word. With `live`, also those that only the cluster can tell. */
export function lint(resources: readonly Resource[], levels: LintLevels, live?: LiveGround): Diagnostic[] {
  const ground = groundOf(resources, live);
  return sortDiagnostics(
    RULES.flatMap((rule) => diagnose(rule, levels.get(rule.name) ?? rule.level, ground)),
  );
}

/** As `lint`, with a look at the cluster. Sends no write. */
export async function lintAgainst(
  cluster: Cluster,
  version: string,
  resources: readonly Resource[],
  levels: LintLevels,
): Promise<Diagnostic[]> {
  const ground = groundOf(resources);
  const read = await Promise.all(KINDS.map(({ readLive }) => readLive?.(cluster, ground) ?? {}));
  return lint(resources, levels, Object.assign({ version, pipelines: {}, mappings: {} }, ...read));
}

function groundOf(resources: readonly Resource[], live?: LiveGround): LintGround {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  return { resources: byAddress, ...(live === undefined ? {} : { live }) };
}
