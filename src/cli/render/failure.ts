import { inspect } from 'node:util';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { asDiagnostic, RerankctlError } from '../../core/errors.ts';
import { countOf, type RenderStyle, renderDiagnostic, renderDiagnostics } from './diagnostics.ts';

function bugDiagnostic(error: unknown): Diagnostic {
  return {
    severity: 'error',
    code: 'RCTL_BUG',
    message: `A bug in rerankctl: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Run it again with --debug and report what it prints.',
  };
}

export function failureJson(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof RerankctlError)) return [bugDiagnostic(error)];
  return error.diagnostics.length > 0 ? error.diagnostics : [asDiagnostic(error)];
}

/** What stderr says of a command that ended early. */
export function renderFailure(error: unknown, style: RenderStyle & { debug: boolean }): string {
  const known = error instanceof RerankctlError;
  const listed = known && error.diagnostics.length > 0;
  const text = listed
    ? `${renderDiagnostics(error.diagnostics, style)}\n${style.paint('red', error.message)}\n`
    : renderDiagnostic(known ? asDiagnostic(error) : bugDiagnostic(error), style);
  return style.debug || !known ? `${text}\n${inspect(error, { depth: 6 })}\n` : text;
}

export function manifestFailure(diagnostics: readonly Diagnostic[]): RerankctlError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return new RerankctlError(
    'manifest',
    'RCTL_INVALID_MANIFESTS',
    `${countOf(errors, 'error')} in the manifests.`,
    {
      diagnostics,
    },
  );
}
