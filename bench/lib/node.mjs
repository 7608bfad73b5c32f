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
    /** Only a node that came up here is taken down here. */
    async down() {
      const ours = await booted?.then(
        () => true,
        () => false,
      );
      if (ours) await down();
    },
  };
}

async function up() {
  const args = [rerankctl, 'dev', 'up', '--name', NAME, '--output', 'json'];
  const { stdout } = await runNode(args, { stderr: 'inherit' });
  const { url, reused } = JSON.parse(stdout);
  if (typeof url !== 'string') throw new Error(`dev up printed no url: ${stdout}`);
  // Another run would have its resources deleted under it, and spoil the figures of both.
  if (reused) {
    throw new Error(
      `A node named ${NAME} runs already: another benchmark's, or what a killed one has left. ` +
        `When no other runs: node dist/main.js dev down --name ${NAME} --purge`,
    );
  }
  return url;
}

async function down() {
  await runNode([rerankctl, 'dev', 'down', '--name', NAME, '--purge'], {
    stderr: 'inherit',
    inAnyCase: true,
  });
}
