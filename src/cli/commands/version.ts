import { platform, release } from 'node:os';
import { VERSION } from '../../core/version.ts';
import { NEWEST_KNOWN } from '../../doctor/cluster-checks.ts';
import { OLDEST_VERSION } from '../../opensearch/identity.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';

/** The version alone; as JSON also what a report of a bug should tell. Contacts no cluster. */
export async function versionCommand({ io, output }: Invocation): Promise<CommandResult> {
  if (output === 'text') io.stdout.write(`${VERSION}\n`);
  return {
    exitCode: EXIT.done,
    json: {
      version: VERSION,
      node: process.versions.node,
      os: `${platform()} ${release()} ${process.arch}`,
      schemaVersion: 'rerankctl/v1',
      servers: { oldest: OLDEST_VERSION, newestKnown: NEWEST_KNOWN, tested: ['2.19.1', '3.6.0'] },
    },
  };
}
