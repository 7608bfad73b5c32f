import { resolve } from 'node:path';
import type { Resource } from '../../core/resource.ts';
import { resolveByName } from '../../engine/resolve-by-name.ts';
import { scrubbed } from '../../engine/scrub.ts';
import { baselineText } from '../../verify/baseline.ts';
import { overallVerdict, type VerificationReport } from '../../verify/report.ts';
import { verify } from '../../verify/verify.ts';
import { withoutText } from '../../verify/without-text.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { shownFrom } from '../places.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderVerification } from '../render/verification.ts';
import { save } from '../save.ts';
import { saveRuns } from '../save-runs.ts';
import { alsoStreamed, clusterOf, loadResources, tableStyle } from './shared.ts';

/** A query without an answer says nothing of the reranker: that is the cluster's failure, not a gate's. */
const EXIT_OF = {
  pass: EXIT.done,
  fail: EXIT.gateFailed,
  inconclusive: EXIT.inconclusive,
  error: EXIT.failed,
} as const;

export async function verifyCommand(invocation: Invocation): Promise<CommandResult> {
  const { flags } = invocation;
  if (flags.list('run').length > 0 || flags.list('qrels').length > 0) {
    const { measureRuns } = await import('../measure-runs.ts');
    return finish(invocation, [await measureRuns(invocation)], []);
  }
  const { resources } = await loadResources(invocation);
  const verifications = resources.filter(({ kind }) => kind === 'Verification');
  if (verifications.length === 0) {
    throw usage(
      'These manifests hold no Verification.',
      'Add a document of kind Verification: an index, a pipeline, queries.',
    );
  }
  const asBaseline = flags.on('update-baseline');
  if (asBaseline && verifications.every(({ spec }) => spec.baseline === undefined)) {
    throw usage(
      'No Verification of these manifests names a baseline.',
      'Name a file in its spec: baseline: relevance.baseline.json.',
    );
  }
  const reports = await measure(invocation, resources, verifications, asBaseline);
  if (asBaseline) await writeBaselines(invocation, verifications, reports);
  return finish(invocation, reports, verifications);
}

async function measure(
  invocation: Invocation,
  resources: readonly Resource[],
  verifications: readonly Resource[],
  asBaseline: boolean,
): Promise<VerificationReport[]> {
  const { io } = invocation;
  const listener = lineProgress(io.stderr);
  const cluster = await clusterOf(invocation, { listener, signal: io.signal });
  try {
    const resolved = verifications.map((resource) => ({ resource, spec: resolveByName(resource) }));
    return await verify(scrubbed(cluster, resources), resolved, {
      signal: io.signal,
      listener: alsoStreamed(listener, invocation),
      asBaseline,
    });
  } finally {
    await cluster.close();
  }
}

/** Figures of a run that failed are nothing to be measured by. */
async function writeBaselines(
  { io }: Invocation,
  verifications: readonly Resource[],
  reports: readonly VerificationReport[],
): Promise<void> {
  for (const report of reports.filter(({ baseline }) => baseline !== null)) {
    const resource = verifications.find(({ address }) => address === report.address);
    const broken = report.queries.find(({ verdict }) => verdict !== 'pass');
    const file = report.baseline?.file ?? '';
    if (broken !== undefined) {
      io.stderr.write(
        `${report.address}: ${file} is not written, because query ${broken.id} did not pass.\n`,
      );
      continue;
    }
    await save(io, resolve(resource?.folder ?? io.cwd, file), baselineText(report));
    io.stderr.write(`${report.address}: ${file} written.\n`);
  }
}

async function finish(
  invocation: Invocation,
  measured: readonly VerificationReport[],
  resources: readonly Resource[],
): Promise<CommandResult> {
  const { io, flags, output } = invocation;
  const verifications = flags.on('no-text') ? measured.map(withoutText) : measured;
  const reports = verifications.map((report) => shownFrom(io.cwd, report));
  await saveRuns(invocation, reports);
  if (output === 'text') {
    for (const report of reports) io.stdout.write(renderVerification(report, tableStyle(invocation)));
  }
  return {
    exitCode: EXIT_OF[overallVerdict(reports)],
    json: { reports },
    told: { diagnostics: [], verifications, resources },
  };
}
