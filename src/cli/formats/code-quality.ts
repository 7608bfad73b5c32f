import { digest } from '../../core/json.ts';
import { fileInCheckout } from './places.ts';
import { problemsOf, type Report } from './told.ts';

const SEVERITY_OF = { error: 'critical', warning: 'minor', note: 'info' } as const;

/**
 * The Code Quality report of GitLab: what is wrong at lines of files, shown in the diff of a merge request. What has no
 * line in the checkout has no place in it.
 */
export function renderCodeQuality({ told, root }: Report): string {
  const issues = problemsOf(told).flatMap(({ severity, code, message, address, pointer, location }) => {
    const path = fileInCheckout(location, root);
    if (path === undefined || location === undefined) return [];
    return [
      {
        description: message,
        check_name: code,
        // Without the line: a problem stays the same when lines above it come and go.
        fingerprint: digest([code, path, address ?? null, pointer ?? null, message]),
        severity: SEVERITY_OF[severity],
        location: { path, lines: { begin: location.line } },
      },
    ];
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}
