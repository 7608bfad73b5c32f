import { resolve } from 'node:path';
import { unknownMeasure } from '../verify/gate-rule.ts';
import { type Measure, parseMeasure } from '../verify/measures/name.ts';
import { readOffline, verifyRuns } from '../verify/offline.ts';
import { DEFAULT_CONVENTION, DEFAULT_MEASURES, DEFAULT_STATISTICS } from '../verify/read-experiment.ts';
import type { VerificationReport } from '../verify/report.ts';
import type { Invocation } from './command.ts';
import { stderrStyle } from './commands/shared.ts';
import { usage } from './flags.ts';
import { renderDiagnostics } from './render/diagnostics.ts';

/** `verify --run a.trec --run b.trec --qrels q.txt`: no manifest, no cluster. */
export async function measureRuns(invocation: Invocation): Promise<VerificationReport> {
  const { flags, io } = invocation;
  if (flags.list('file').length > 0) {
    throw usage('Recorded runs and manifests do not go together.', 'Leave out -f, or --run and --qrels.');
  }
  if (flags.list('run').length === 0) {
    throw usage(
      '--qrels without a --run: there is nothing to measure.',
      'Name a TREC run file: --run a.trec.',
    );
  }
  if (flags.list('qrels').length === 0) {
    throw usage(
      '--run without --qrels: there are no judgments.',
      'Name a file of judgments: --qrels qrels.txt.',
    );
  }
  const named = (file: string) => ({ path: resolve(io.cwd, file), shown: file });
  const { runs, judgments, warnings } = await readOffline({
    runs: flags.list('run').map(named),
    judgments: flags.list('qrels').map(named),
  });
  invocation.warned(warnings);
  if (warnings.length > 0) io.stderr.write(renderDiagnostics(warnings, stderrStyle(invocation)));
  return verifyRuns(runs, judgments, {
    measures: measuresIn(flags.list('measure')),
    convention: DEFAULT_CONVENTION,
    statistics: DEFAULT_STATISTICS,
  });
}

function measuresIn(asked: readonly string[]): [Measure, ...Measure[]] {
  const names = asked.length > 0 ? asked : DEFAULT_MEASURES;
  const [first, ...rest] = names.map((name) => {
    const measure = parseMeasure(name);
    if (measure !== undefined) return measure;
    const { message, remedy } = unknownMeasure(name);
    throw usage(message, remedy);
  });
  if (first === undefined) throw new Error('no measure');
  return [first, ...rest];
}
