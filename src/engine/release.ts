import type { Address } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { JsonObject } from '../core/json.ts';
import type { Change, Plan } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { Reference } from '../core/value.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { overallVerdict, type Verdict, type VerificationReport } from '../verify/report.ts';
import { type VerifyOptions, verify } from '../verify/verify.ts';
import { dependentsOf } from './graph.ts';
import { resolveByName } from './resolve-by-name.ts';

/** What the verifications said of a release before it was made. */
export interface ReleaseReport {
  readonly verdict: Verdict;
  readonly reports: readonly VerificationReport[];
}

/**
 * The changes of a plan that searches would see at once, and the verifications that are run before any of them is
 * made: through temporary pipelines, so that production sees nothing of it. All of them are made, or none.
 */
export class Release {
  readonly changes: readonly Change[];
  readonly #verifications: readonly Resource[];
  /** What waits for one of its changes, and so cannot be waited for. */
  readonly #after: ReadonlySet<Address>;

  constructor({ changes, verifications }: Pick<Plan, 'changes' | 'verifications'>) {
    const judged = (change: Change): boolean => verifications.some((each) => judges(each, change));
    this.changes = changes.filter((change) => (isServing(change) || isRolledOut(change)) && judged(change));
    this.#after = reachedBy(changes, this.changes);
    this.#verifications = verifications.filter((each) => this.changes.some((change) => judges(each, change)));
  }

  /** The same for some of its changes. */
  only(changes: readonly Change[]): Release {
    return new Release({ changes, verifications: this.#verifications });
  }

  /** Is this change made only when the verifications hold? */
  holds({ address }: Pick<Change, 'address'>): boolean {
    return this.changes.some((change) => change.address === address);
  }

  /** Is it one of the changes, or waits for one? */
  comesAfter(address: Address): boolean {
    return this.#after.has(address);
  }

  /** What must be there before it can be measured: of the changes themselves, and of the verifications. */
  get needs(): Address[] {
    const all = this.changes.flatMap(({ resource }) => resource.dependsOn);
    const measured = this.#verifications.flatMap(({ dependsOn }) => dependsOn);
    return [...new Set([...all, ...measured])].filter((address) => !this.comesAfter(address));
  }

  /**
   * Measures with each pipeline as it is going to be; `specOf` gives its spec with the IDs of new models. `instead` names
   * the index to search in the place of one that is rolled out.
   */
  async measure(
    cluster: Cluster,
    specOf: (change: Change) => JsonObject,
    options: Pick<VerifyOptions, 'listener' | 'signal' | 'besideToday' | 'instead'>,
  ): Promise<ReleaseReport> {
    const serving = this.changes.filter(isServing);
    const trials = new Map(serving.map((change) => [change.resource.name, specOf(change)]));
    const resolved = this.#verifications.map((resource) => ({ resource, spec: resolveByName(resource) }));
    const reports = await verify(cluster, resolved, { ...options, trials });
    return { verdict: overallVerdict(reports), reports };
  }
}

/** Says of each change that searches would see what measures it first. */
export function measuredFirst(changes: readonly Change[], verifications: readonly Resource[]): Change[] {
  return changes.map((change) => {
    if (!isServing(change) && !isRolledOut(change)) return change;
    const by = verifications.filter((each) => judges(each, change)).map(({ address }) => address);
    const { former } = change.resource;
    const note =
      former !== undefined
        ? `as it was until ${former.until}: it has served before, and is not measured again`
        : by.length === 0
          ? 'no Verification measures it: searches see it at once'
          : `made only when ${by.join(', ')} holds with it`;
    return { ...change, notes: [...change.notes, note] };
  });
}

function isServing({ kind: name, action, keepsObject }: Change): boolean {
  const kind = kindOf(name);
  return kind.provisions && kind.servesSearches === true && action === 'update' && keepsObject !== true;
}

/** Is a successor made beside what serves, which then takes over its name? */
export function isRolledOut({ kind: name, action, keepsId }: Change): boolean {
  const kind = kindOf(name);
  return kind.provisions && kind.prepare !== undefined && action === 'replace' && keepsId === true;
}

/** The changes `from`, and all that depends on them. */
function reachedBy(changes: readonly Change[], from: readonly Change[]): Set<Address> {
  const users = dependentsOf(changes.map(({ resource }) => resource));
  const reached = new Set(from.map(({ address }) => address));
  // A set that grows while it is walked is walked to its new end.
  for (const address of reached) for (const user of users.get(address) ?? []) reached.add(user);
  return reached;
}

/** Does this verification measure searches through the pipeline, or in the index? */
function judges({ spec }: Resource, change: Change): boolean {
  const { address, resource } = change;
  const named = isRolledOut(change) ? spec.index : spec.search_pipeline;
  return named instanceof Reference ? named.address === address : named === resource.name;
}

/**
 * What was made for a release and for nothing else, dependents first: the server removes no connector that a model
 * names. `changes` are in dependency order.
 */
export function madeFor(release: Release, changes: readonly Change[]): Change[] {
  const direct = new Set(release.needs);
  const needed = new Set(direct);
  const made: Change[] = [];
  for (const change of changes.toReversed()) {
    if (!needed.has(change.address)) continue;
    const dependents = changes.filter(({ resource }) => resource.dependsOn.includes(change.address));
    const othersNeedIt = dependents.some((other) => !made.includes(other) && !release.holds(other));
    if (othersNeedIt && !direct.has(change.address)) continue;
    made.push(change);
    for (const address of change.resource.dependsOn) needed.add(address);
  }
  return made;
}

/** Why a change of the release is not made. */
export function stopped({ verdict, reports }: ReleaseReport, { address, resource }: Change): Diagnostic {
  const names = reports.filter((report) => report.verdict === verdict).map((report) => report.address);
  const said = {
    pass: 'held',
    fail: 'did not hold',
    inconclusive: 'had too little data to say',
    error: 'got no answer',
  }[verdict];
  return {
    severity: 'error',
    code: 'RCTL_RELEASE_STOPPED',
    message: `${names.join(', ')} ${said} with the new ${resource.name}, so searches still go through the old one.`,
    remedy:
      verdict === 'fail'
        ? 'See what fell below. Mend the model or the pipeline, or, when the rule is wrong, the verification.'
        : 'See below what was missing, and apply again.',
    address,
    ...resource.locate('/spec'),
  };
}
