import { chmod, mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DevError } from './errors.ts';
import type { Account } from './platform.ts';

export interface CachePaths {
  readonly root: string;
  /** One folder an installation, never written to once it is there. */
  readonly installs: string;
  /** One folder a named node: its record, configuration, data and logs. */
  readonly nodes: string;
  readonly locks: string;
}

export function cachePaths(env: NodeJS.ProcessEnv, isRoot = process.getuid?.() === 0): CachePaths {
  const root = cacheRoot(env, isRoot);
  // bin/opensearch splits its Java options at blanks, and paths are among them.
  if (/\s/.test(root)) {
    throw new DevError(
      'DEV_CACHE_PATH',
      `OpenSearch cannot run from a folder with a blank in its path: ${root}`,
      'Set RERANKCTL_CACHE to a folder without blanks in its path.',
    );
  }
  return { root, installs: join(root, 'installs'), nodes: join(root, 'nodes'), locks: join(root, 'locks') };
}

function cacheRoot(env: NodeJS.ProcessEnv, isRoot: boolean): string {
  if (env.RERANKCTL_CACHE) return resolve(env.RERANKCTL_CACHE);
  // The account that runs the node for root cannot enter the home of root.
  if (isRoot) return '/var/cache/rerankctl';
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rerankctl');
}

export async function makeCache(paths: CachePaths, account: Account | undefined): Promise<void> {
  for (const folder of [paths.root, paths.installs, paths.nodes, paths.locks]) {
    if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o755);
  }
  if (account !== undefined) await assertEnterable(paths.installs, account);
}

async function assertEnterable(folder: string, account: Account): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    const { mode, uid } = await stat(at);
    if ((mode & 0o001) === 0 && uid !== account.uid) {
      throw new DevError(
        'DEV_CACHE_PRIVATE',
        `As root, the node runs under the account nobody, which cannot enter ${at}.`,
        'Set RERANKCTL_CACHE to a folder that every account can enter, or run rerankctl as an ordinary user.',
      );
    }
    if (at === dirname(at)) return;
  }
}
