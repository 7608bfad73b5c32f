import type { Address } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { LintLevel } from '../core/lint.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';
import { Reference } from '../core/value.ts';

/** What rules look at. They are pure: what the cluster has was read before. */
export interface LintGround {
  readonly resources: ReadonlyMap<Address, Resource>;
  /** Absent where no cluster is asked (`validate`). */
  readonly live?: LiveGround;
}

export interface LiveGround {
  readonly version: string;
  /** Definitions of the search pipelines that manifests name and do not declare. */
  readonly pipelines: Readonly<Record<string, unknown>>;
  /** Mappings of the indices that are searched through pipelines, by every name that they have. */
  readonly mappings: Readonly<Record<string, unknown>>;
}

export interface LintFinding {
  readonly resource: Resource;
  readonly pointer: string;
  readonly message: string;
  readonly remedy: string;
}

/** A trap that the server accepts without a word. */
export interface LintRule {
  /** For the user, who sets its level by it: `rerank-ignore-failure`. Never changes. */
  readonly name: string;
  readonly level: Exclude<LintLevel, 'off'>;
  find(ground: LintGround): readonly LintFinding[];
}

/** `# rerankctl-lint-disable RULE` at the end of the line that a finding is about. */
const EXCEPTION = /#\s*rerankctl-lint-disable\s+([\w-]+(?:\s*,\s*[\w-]+)*)/;

/** What a rule has found, as diagnostics of the level that is wanted. */
export function diagnose(rule: LintRule, level: LintLevel, ground: LintGround): Diagnostic[] {
  if (level === 'off') return [];
  return rule.find(ground).flatMap(({ resource, pointer, message, remedy }) => {
    const found = diagnosticAt(resource, pointer, { severity: level, code: codeOf(rule), message, remedy });
    const excepted = EXCEPTION.exec(found.snippet ?? '')?.[1]?.split(/\s*,\s*/) ?? [];
    return excepted.includes(rule.name) ? [] : [found];
  });
}

/** `rerank-ignore-failure` is `RCTL_LINT_RERANK_IGNORE_FAILURE`. */
export function codeOf({ name }: LintRule): string {
  return `RCTL_LINT_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The name on the server of an Index or a SearchPipeline: theirs is the one of the manifest. */
export function nameIn(value: unknown): string | undefined {
  if (value instanceof Reference) return value.address.slice(value.address.indexOf('/') + 1);
  return typeof value === 'string' ? value : undefined;
}

export function ofKind({ resources }: LintGround, kind: string): Resource[] {
  return [...resources.values()].filter((resource) => resource.kind === kind);
}
