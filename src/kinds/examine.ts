import type { Finding } from '../core/finding.ts';
import type { Resource } from '../core/resource.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import type { NodeFacts } from '../opensearch/nodes.ts';

/** What a kind may look at to tell whether this cluster can carry its resources. */
export interface ExamineContext {
  readonly cluster: Cluster;
  readonly capabilities: Capabilities;
  /** `undefined` where this user may not ask. */
  readonly nodes: readonly NodeFacts[] | undefined;
  /** Those of the kind that an apply would make; none where no manifest was given. */
  readonly coming: readonly Resource[];
}

/** Looks, and sends no write. */
export type Examine = (context: ExamineContext) => Promise<readonly Finding[]>;
