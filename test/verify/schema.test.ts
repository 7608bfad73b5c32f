import { describe, expect, it } from 'vitest';
import { schemaErrors } from './support.ts';

describe('the schema of the report', () => {
  const envelope = { formatVersion: '1.0', rerankctl: '0.1.0', command: 'verify', exitCode: 1 };

  it('takes a run that ended with diagnostics, and nothing that it does not know', () => {
    const diagnostics = [{ severity: 'error', code: 'RCTL_UNREACHABLE', message: 'no' }];
    expect(schemaErrors({ ...envelope, diagnostics })).toEqual([]);
    expect(schemaErrors(envelope)).not.toEqual([]);
    expect(schemaErrors({ ...envelope, reports: [], extra: 1 })).not.toEqual([]);
    const report = {
      address: 'Verification/x',
      index: 'i',
      searchPipeline: 'p',
      verdict: 'maybe',
      queries: [],
    };
    expect(schemaErrors({ ...envelope, reports: [report] })).not.toEqual([]);
  });
});
