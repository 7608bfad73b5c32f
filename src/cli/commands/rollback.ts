import { pendingChanges } from '../../core/plan.ts';
import { plan } from '../../engine/provision.ts';
import { formerRelease } from '../../engine/rollback.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { carryOut, openForChanges } from './carry-out.ts';
import { rollbackWords } from './planning.ts';
import { stackOf } from './shared.ts';

/** Goes back to the last release by what the state remembers of it: no manifest is needed, and none is changed. */
export async function rollbackCommand(invocation: Invocation): Promise<CommandResult> {
  const { flags, io, positionals } = invocation;
  if (positionals.length > 0) {
    throw usage(
      `rollback takes no ${positionals[0]}: it goes by the state of the stack.`,
      'To preview it by the verifications of manifests: rerankctl plan --rollback --preview -f PATH',
    );
  }
  const stack = await stackOf(invocation);
  const opened = await openForChanges(invocation);
  try {
    const resources = await formerRelease(opened.cluster, stack);
    const prepared = await plan(opened.cluster, resources, { stack });
    const result = await carryOut(opened, prepared, invocation, {
      command: 'rerankctl rollback',
      ...(flags.on('yes')
        ? {}
        : {
            consent: {
              question: 'Go back to this release?',
              unasked: `When that is meant: ${rollbackWords(flags)} --yes`,
            },
          }),
    });
    if (result.exitCode === EXIT.done && pendingChanges(prepared.plan).length > 0) {
      io.stderr.write(
        '\nThe manifests still ask for the release that was left: take it back in git, or the next apply makes it again.\n',
      );
    }
    return result;
  } finally {
    await opened.cluster.close();
  }
}
