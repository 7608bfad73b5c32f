import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that boot a node of their own: three gigabytes and a core each. */
const OWN_NODE = [
  'test/faults/node-killed.test.ts',
  'test/faults/refusals.test.ts',
  'test/tutorial/offline.test.ts',
  'test/tutorial/tutorial.test.ts',
];

/** What takes minutes comes first, so that the other workers do not wait for it in the end. */
const LONG = /kill-|laws|interrupted|rollout|collection|matrix/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/setup/nodes.ts'],
    sequence: { sequencer: LongestFirst },
    // Real nodes on machines with two cores: generous, because a timing is no subject of a test.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // The groups follow each other, so that no more than four nodes run at once.
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: OWN_NODE,
          maxWorkers: availableParallelism() < 4 ? 2 : 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'own node',
          include: OWN_NODE,
          testTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
