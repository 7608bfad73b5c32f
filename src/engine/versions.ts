import type { Diagnostic } from '../core/diagnostic.ts';
import { pointerSegments } from '../core/json.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';
import { compareVersions } from '../opensearch/capabilities.ts';

/**
 * Fields that are too new for a server of this version. ML Commons and neural-search take what they do not know and lose
 * it without a word (2.19 to 3.8), so nobody else would ever say it.
 */
export function tooNewFor(version: string, resources: readonly Resource[]): Diagnostic[] {
  return resources.flatMap((resource) =>
    resource.since
      .filter(({ since }) => compareVersions(version, since) < 0)
      .map(({ pointer, since }) =>
        diagnosticAt(resource, pointer, {
          severity: 'error',
          code: 'RCTL_FIELD_TOO_NEW',
          message: `\`${nameOf(pointer)}\` works from OpenSearch ${since} on. Version ${version} would take it, and lose it without a word.`,
          remedy: `Leave it out, or upgrade the cluster to ${since} or newer.`,
        }),
      ),
  );
}

/** `model_config.additional_config`, without `/spec`. */
function nameOf(pointer: string): string {
  return pointerSegments(pointer)
    .slice(1)
    .reduce(
      (text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
      '',
    );
}
