import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasErrors } from '../../core/diagnostic.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import type { Resource } from '../../core/resource.ts';
import { type Preview, preview, previewWithCanary } from '../../engine/preview.ts';
import { type PlanInputs, savePlan } from '../../engine/saved-plan.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { painter } from '../io.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { planJson, renderPlan } from '../render/plan.ts';
import { renderPreview } from '../render/preview.ts';
import { applyWords, loadAndPlan, requestOf } from './planning.ts';
import { clusterOf, stderrStyle, tableStyle } from './shared.ts';

export async function planCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, output, color } = invocation;
  refuseUnsavable(invocation);
  const cluster = await clusterOf(invocation, { listener: lineProgress(io.stderr), signal: io.signal });
  try {
    const { prepared, inputs, resources } = await loadAndPlan(
      await requestOf(invocation),
      invocation,
      cluster,
    );
    const made = prepared.plan;
    if (output === 'text') io.stdout.write(renderPlan(made, painter(color.stdout)));
    if (made.diagnostics.length > 0)
      io.stderr.write(`\n${renderDiagnostics(made.diagnostics, stderrStyle(invocation))}`);
    const refused = hasErrors(made.diagnostics);
    if (refused) io.stderr.write('\nApply would refuse this plan: nothing would be changed.\n');
    else await suggestApply(made, inputs, invocation);
    const wanted = (flags.on('preview') || flags.on('canary')) && !refused;
    const shown: { preview?: Preview } = wanted
      ? await showPreview(cluster, made, resources, invocation)
      : {};
    const pending = pendingChanges(made).length > 0 && flags.on('detailed-exitcode');
    const exitCode = refused ? EXIT.refused : pending ? EXIT.pending : EXIT.done;
    const told = {
      diagnostics: made.diagnostics,
      plan: made,
      ...(shown.preview === undefined ? {} : { verifications: shown.preview.reports }),
    };
    return { exitCode, json: { ...planJson(made), ...shown }, told };
  } finally {
    await cluster.close();
  }
}

const CANARY = { parallelism: 4, waitMs: 600_000, command: 'rerankctl plan --canary' } as const;

/** What the plan does to the results, on stdout where that is for people. */
async function showPreview(
  cluster: Cluster,
  made: Plan,
  resources: readonly Resource[],
  invocation: Invocation,
): Promise<{ preview: Preview }> {
  const { io, flags, output } = invocation;
  const options = { listener: lineProgress(io.stderr), signal: io.signal };
  const shown = flags.on('canary')
    ? await previewWithCanary(cluster, resources, made, { ...options, ...CANARY })
    : await preview(cluster, made, options);
  if (output === 'text') {
    io.stdout.write(renderPreview(shown, tableStyle(invocation)));
  }
  const { reports, unseen } = shown;
  return { preview: { reports, unseen } };
}

/** Before anything is asked: a plan that is to be saved must be one that can be made again. */
function refuseUnsavable({ flags }: Invocation): void {
  const out = flags.text('out');
  if (out === undefined) return;
  if (flags.on('rollback')) {
    throw usage('A plan of a rollback cannot be saved.', 'rerankctl rollback shows it, and asks.');
  }
  if (out === 'json' || out === 'text') {
    throw usage(
      `-o ${out} would save the plan in a file named ${out}.`,
      `For the format write --output ${out}.`,
    );
  }
  if (!out.endsWith('.json')) throw usage(`--out ${out}: a plan is saved as JSON.`, `Name it ${out}.json.`);
  if (flags.list('file').includes('-')) {
    throw usage(
      'A plan of manifests from stdin cannot be saved: apply reads the manifests again.',
      'Write them to a file, and name that with -f.',
    );
  }
}

async function suggestApply(made: Plan, inputs: PlanInputs, invocation: Invocation): Promise<void> {
  const { io, flags, output } = invocation;
  const out = flags.text('out');
  if (out !== undefined) {
    const text = `${JSON.stringify(savePlan(made, inputs), null, 2)}\n`;
    await writeFile(resolve(io.cwd, out), text).catch((error: NodeJS.ErrnoException) => {
      throw usage(
        `The plan cannot be written to ${out}: ${error.code ?? error.message}.`,
        'Check the folder and its permissions.',
      );
    });
  }
  if (output !== 'text' || pendingChanges(made).length === 0) return;
  io.stderr.write(`\nTo make it so: ${applyWords(invocation, inputs.secretVars)}\n`);
}
