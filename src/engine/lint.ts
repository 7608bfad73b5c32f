import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import type { Resource } from '../core/resource.ts';
import { diagnose, type LintLevels, type LiveGround } from '../kinds/lint.ts';
import { readLive } from '../kinds/lint-live.ts';
import { LINT_RULES } from '../kinds/lint-rules.ts';
import type { Cluster } from '../opensearch/cluster.ts';

/** Traps that the server accepts without a word. With `live`, also those that only the cluster can tell. */
export function lint(resources: readonly Resource[], levels: LintLevels, live?: LiveGround): Diagnostic[] {
  const ground = {
    resources: new Map(resources.map((resource) => [resource.address, resource])),
    ...(live === undefined ? {} : { live }),
  };
  return sortDiagnostics(
    LINT_RULES.flatMap((rule) => diagnose(rule, levels.get(rule.name) ?? rule.level, ground)),
  );
}

/** As `lint`, with a look at the cluster. Sends no write. */
export async function lintAgainst(
  cluster: Cluster,
  version: string,
  resources: readonly Resource[],
  levels: LintLevels,
): Promise<Diagnostic[]> {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  return lint(resources, levels, await readLive(cluster, version, byAddress));
}
