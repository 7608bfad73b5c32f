import { fileURLToPath } from 'node:url';
import { defaultVersion, down, up } from '../../src/dev/index.ts';
import { type Ran, rerankctl as run } from '../support/cli.ts';
import { SHORT_LIVED } from '../support/node.ts';

const manifests = fileURLToPath(new URL('../../manifests/ms-marco-tutorial', import.meta.url));

/** A node of this name with nothing on it, whatever an earlier run has left. */
export async function boot(name: string, javaOpts: readonly string[]): Promise<string> {
  await discard(name);
  const node = await up(
    {
      name,
      version: defaultVersion,
      security: false,
      nodes: 1,
      settings: {},
      javaOpts: [...SHORT_LIVED, ...javaOpts],
      without: [],
    },
    { onEvent: () => undefined },
  );
  return node.url;
}

export async function discard(name: string): Promise<void> {
  await down({ name, all: false, purge: true }, { onEvent: () => undefined });
}

/** `rerankctl COMMAND` on the tutorial's manifests. */
export function rerankctl(command: string, url: string, ...flags: string[]): Promise<Ran> {
  return run([command, '-f', manifests, '--url', url, ...flags]);
}
