import { resolveByName } from '../../engine/provision.ts';
import { overallVerdict } from '../../verify/report.ts';
import { verify } from '../../verify/verify.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderVerification } from '../render/verification.ts';
import { clusterOf, loadResources } from './shared.ts';

/** A query without an answer says nothing of the reranker: that is the cluster's failure, not a gate's. */
const EXIT_OF = { pass: EXIT.done, fail: EXIT.gateFailed, error: EXIT.failed } as const;

export async function verifyCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, output, color } = invocation;
  const { resources } = await loadResources(invocation);
  const verifications = resources.filter(({ kind }) => kind === 'Verification');
  if (verifications.length === 0) {
    throw usage(
      'These manifests hold no Verification.',
      'Add a document of kind Verification: an index, a pipeline, queries.',
    );
  }
  const listener = lineProgress(io.stderr);
  const cluster = await clusterOf(invocation, { listener, signal: io.signal });
  try {
    const resolved = verifications.map((resource) => ({ resource, spec: resolveByName(resource) }));
    const reports = await verify(cluster, resolved, { signal: io.signal, listener });
    if (output === 'text') {
      const style = { color: color.stdout, width: io.stdout.columns, unicode: true };
      for (const report of reports) io.stdout.write(renderVerification(report, style));
    }
    return { exitCode: EXIT_OF[overallVerdict(reports)], json: { reports } };
  } finally {
    await cluster.close();
  }
}
