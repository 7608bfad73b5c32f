import { rerankctl, runNode } from './process.mjs';

const NAME = 'bench';

/**
 * The node of the benchmarks: one of their own, because they delete all that is on it; booted when the first of
 * them asks.
 */
export function benchNode() {
  /** @type {Promise<string> | undefined} */
  let booted;
  return {
    url() {
      booted ??= up();
      return booted;
    },
    async down() {
      if (booted !== undefined) await down();
    },
  };
}

async function up() {
  const args = [rerankctl, 'dev', 'up', '--name', NAME, '--output', 'json'];
  const { stdout } = await runNode(args, { stderr: 'inherit' });
  const url = JSON.parse(stdout).url;
  if (typeof url !== 'string') throw new Error(`dev up printed no url: ${stdout}`);
  return url;
}

async function down() {
  await runNode([rerankctl, 'dev', 'down', '--name', NAME, '--purge'], { stderr: 'inherit' });
}
