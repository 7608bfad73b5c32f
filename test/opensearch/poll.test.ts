import { describe, expect, it } from 'vitest';
import { poll } from '../../src/opensearch/poll.ts';
import { failureOf } from './failing.ts';

const counting = (): (() => Promise<number>) => {
  let n = 0;
  return async () => ++n;
};

describe('poll', () => {
  it('reads until it is done, tightly at first, and tells what it saw', async () => {
    const seen: string[] = [];
    const start = performance.now();
    const found = await poll({
      what: 'four',
      read: counting(),
      done: (n) => n === 4,
      describe: (n) => `at ${n}`,
      deadlineMs: 5_000,
      onPoll: (state) => seen.push(state),
    });
    expect(found).toBe(4);
    expect(seen).toEqual(['at 1', 'at 2', 'at 3']);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('slows down with the time waited', async () => {
    let reads = 0;
    await failureOf(
      poll({
        what: 'ever',
        read: async () => ++reads,
        done: () => false,
        describe: String,
        deadlineMs: 3_000,
      }),
    );
    // 50 in the first second, then pauses of 2 % of the time waited.
    expect(reads).toBeGreaterThan(30);
    expect(reads).toBeLessThan(115);
  });

  it('ends at the deadline, with what was waited for and what was seen last', async () => {
    const start = performance.now();
    const failure = await failureOf(
      poll({
        what: 'model m to be deployed',
        read: async () => 'DEPLOYING',
        done: () => false,
        describe: (state) => state,
        deadlineMs: 150,
      }),
    );
    expect(performance.now() - start).toBeLessThan(500);
    expect(failure).toMatchObject({ code: 'RCTL_WAIT_TIMEOUT', failure: 'incomplete' });
    expect(failure.message).toMatch(/^Waited 0\.\d s for model m to be deployed, .*last seen: DEPLOYING\.$/);
    expect(failure.remedy).toContain('resumes');
  });

  it('stops at once when it is interrupted, between reads and in one that hangs', async () => {
    for (const read of [async () => 1, () => new Promise<number>(() => {})]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 40);
      const start = performance.now();
      const failure = await failureOf(
        poll({
          what: 'ever',
          read,
          done: () => false,
          describe: String,
          signal: controller.signal,
          deadlineMs: 60_000,
        }),
      );
      expect(failure.code).toBe('RCTL_INTERRUPTED');
      expect(performance.now() - start).toBeLessThan(500);
    }
  });
});
