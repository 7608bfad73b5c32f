import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/nodes.ts'],
    // Real nodes on machines with two cores: generous, because a timing is no subject of a test.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // Each file may boot a node of its own: three gigabytes and a core.
    maxWorkers: availableParallelism() < 4 ? 2 : 3,
  },
});
