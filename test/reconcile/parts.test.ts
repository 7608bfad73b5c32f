import { describe, expect, it } from 'vitest';
import { Health } from '../../src/cli/reconcile/health.ts';
import type { Level } from '../../src/cli/reconcile/log.ts';
import { Metrics } from '../../src/cli/reconcile/metrics.ts';
import { Narrator } from '../../src/cli/reconcile/narrator.ts';
import { RerankctlError } from '../../src/core/errors.ts';
import type { Change, Plan } from '../../src/core/plan.ts';
import type { Round, RoundEnd } from '../../src/reconcile/events.ts';
import { HeldBack } from '../../src/reconcile/held-back.ts';
import { delayMs, isFailure } from '../../src/reconcile/schedule.ts';
import { readExposition } from '../support/exposition.ts';
import { inProcess } from '../support/in-process.ts';

const MINUTE = 60_000;

function planOf(...changes: Partial<Change>[]): Plan {
  return {
    formatVersion: '1.0',
    stack: 'default',
    cluster: { uuid: 'u', name: 'a "name"\\with\nlines', version: '3.6.0', url: 'http://x' },
    changes: changes.map(
      (change) => ({ kind: 'Index', action: 'none', steps: [], fields: [], notes: [], ...change }) as Change,
    ),
    verifications: [],
    diagnostics: [],
  };
}

const IN_SYNC = planOf({ address: 'Index/a' });
const DRIFTED = planOf({ address: 'Index/a', action: 'create', drifted: true });

function roundOf(number: number, end: RoundEnd, plan?: Plan): Round {
  const reached = plan !== undefined;
  return { number, tookMs: 1_500, reached, notes: [], end, ...(plan === undefined ? {} : { plan }) };
}

const LOST = new RerankctlError('connection', 'RCTL_CONNECTION_LOST', 'The connection broke.', {
  remedy: 'Mend it.',
});

describe('The time between two rounds', () => {
  it('is the interval, a tenth more or less', () => {
    expect([0, 0.5, 1].map((random) => delayMs(5 * MINUTE, 0, random))).toEqual([270_000, 300_000, 330_000]);
  });

  it('is short after a failure, and grows with each up to the interval', () => {
    const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 2_000].map(
      (failures) => delayMs(5 * MINUTE, failures, 0.5) / 1000,
    );
    expect(seconds).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(delayMs(1_000, 1, 0.5)).toBe(1_000);
  });

  it('is no shorter after what is no failure', () => {
    const results = ['in_sync', 'pending', 'applied', 'stopped', 'skipped', 'interrupted'] as const;
    expect(results.filter(isFailure)).toEqual([]);
    expect((['failed', 'refused', 'incomplete'] as const).every(isFailure)).toBe(true);
  });
});

describe('A release that was stopped', () => {
  const release = planOf(
    { address: 'Model/m', action: 'replace', fingerprint: 'one' },
    { address: 'SearchPipeline/p', action: 'update' },
  );
  it('is held back as long as it is the same', () => {
    const held = new HeldBack();
    expect(held.holds('digest', release)).toBe(false);
    held.remember('digest', release);
    expect(held.holds('digest', release)).toBe(true);
    expect(held.holds('another', release)).toBe(false);
    const file = planOf({ address: 'Model/m', action: 'replace', fingerprint: 'two' });
    expect(held.holds('digest', file)).toBe(false);
  });

  it('does not keep drift from being healed', () => {
    const held = new HeldBack();
    held.remember('digest', release);
    const [model] = release.changes;
    expect(held.holds('digest', planOf(model ?? {}, { address: 'Index/a', action: 'create' }))).toBe(false);
    expect(held.holds('digest', planOf({ ...model, drifted: true }))).toBe(false);
  });
});

describe('The probes', () => {
  it('say that the loop does not turn when a round is long overdue, and not before', () => {
    let now = 0;
    const health = new Health(MINUTE, () => now);
    health.on({
      type: 'round.finished',
      round: roundOf(1, { result: 'in_sync' }, IN_SYNC),
      nextInMs: 5 * MINUTE,
    });
    now = 15 * MINUTE;
    expect(health.live()).toEqual({ ok: true, text: 'ok' });
    now = 17 * MINUTE;
    expect(health.live()).toEqual({ ok: false, text: 'overdue: no sign of life for 720 s' });
    // A round that takes long is no trouble while it tells of itself.
    health.engine();
    now = 27 * MINUTE;
    expect(health.live().ok).toBe(true);
  });

  it('say whether the last round reached the cluster', () => {
    const health = new Health(MINUTE);
    const finish = (round: Round) => health.on({ type: 'round.finished', round });
    expect(health.ready()).toEqual({ ok: false, text: 'no round has ended yet' });
    finish(roundOf(1, { result: 'pending' }, DRIFTED));
    expect(health.ready().ok).toBe(true);
    finish(roundOf(2, { result: 'failed', error: LOST }));
    expect(health.ready()).toEqual({
      ok: false,
      text: 'round 2 did not get to the cluster: RCTL_CONNECTION_LOST',
    });
    finish(roundOf(3, { result: 'failed', error: new Error('a bug with a secret') }));
    expect(health.ready().text).toBe('round 3 did not get to the cluster: RCTL_BUG');
  });
});

describe('The metrics', () => {
  it('are in the text format, whatever the cluster is called', async () => {
    const metrics = new Metrics({ stack: 'default', mode: 'watch' });
    readExposition(await metrics.text());
    const finish = (round: Round) => metrics.on({ type: 'round.finished', round });
    finish(roundOf(1, { result: 'pending' }, DRIFTED));
    finish(roundOf(2, { result: 'pending' }, DRIFTED));
    finish(roundOf(3, { result: 'failed', error: LOST }));
    const samples = readExposition(await metrics.text());
    expect(
      samples.get('rerankctl_cluster_info{name="a \\"name\\"\\\\with\\nlines",uuid="u",version="3.6.0"}'),
    ).toBe(1);
    expect(samples.get('rerankctl_drift_found_total{kind="Index"}')).toBe(1);
    // What cannot be seen now is as it was last seen.
    expect(samples.get('rerankctl_drifted_resources{kind="Index"}')).toBe(1);
    expect(samples.get('rerankctl_failures_total{code="RCTL_CONNECTION_LOST"}')).toBe(1);
    expect(samples.get('rerankctl_last_round_duration_seconds')).toBe(1.5);
    finish(roundOf(4, { result: 'in_sync' }, IN_SYNC));
    expect(readExposition(await metrics.text()).get('rerankctl_drifted_resources{kind="Index"}')).toBe(0);
  });

  it.each([
    ['no end', '# HELP a b\n# TYPE a gauge\na 1'],
    ['a sample without TYPE', '# HELP a b\na 1\n'],
    ['a counter of another name', '# HELP a b\n# TYPE a counter\na 1\n'],
    ['a series twice', '# HELP a b\n# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n'],
    ['a quote in a label', '# HELP a b\n# TYPE a gauge\na{x="1"1"} 1\n'],
    [
      'a family in two places',
      '# HELP a b\n# TYPE a gauge\na 1\n# HELP b b\n# TYPE b gauge\nb 1\na{x="1"} 1\n',
    ],
    ['no number', '# HELP a b\n# TYPE a gauge\na undefined\n'],
  ])('would not be taken with %s', (_what, text) => {
    expect(() => readExposition(text)).toThrow();
  });
});

describe('The log', () => {
  function listen(): { lines: [Level, string][]; narrator: Narrator; wait(ms: number): void } {
    let now = 0;
    const lines: [Level, string][] = [];
    const narrator = new Narrator((level, message) => lines.push([level, message]), {
      cwd: '/',
      debug: false,
      now: () => now,
    });
    return {
      lines,
      narrator,
      wait: (ms) => {
        now += ms;
      },
    };
  }

  it('is silent while nothing changes, but for a line an hour', () => {
    const { lines, narrator, wait } = listen();
    for (let number = 1; number <= 26; number++) {
      narrator.on({
        type: 'round.finished',
        round: roundOf(number, { result: 'in_sync' }, IN_SYNC),
        nextInMs: 1,
      });
      wait(5 * MINUTE);
    }
    expect(lines).toEqual([
      ['info', 'In sync: 1 resource.'],
      ['info', 'Still after 12 rounds: In sync: 1 resource.'],
      ['info', 'Still after 12 rounds: In sync: 1 resource.'],
    ]);
  });

  it('tells of each failure, with when it is tried again, and of drift once', () => {
    const { lines, narrator } = listen();
    const finish = (round: Round) => {
      if (round.plan !== undefined) {
        narrator.on({ type: 'round.planned', number: round.number, plan: round.plan });
      }
      narrator.on({ type: 'round.finished', round, nextInMs: 5_000 });
    };
    finish(roundOf(1, { result: 'failed', error: LOST }));
    finish(roundOf(2, { result: 'failed', error: LOST }));
    finish(roundOf(3, { result: 'pending' }, DRIFTED));
    finish(roundOf(4, { result: 'pending' }, DRIFTED));
    expect(lines).toEqual([
      ['error', 'Failed: RCTL_CONNECTION_LOST The connection broke. Again in 5.0 s. Fix: Mend it.'],
      ['error', 'Failed: RCTL_CONNECTION_LOST The connection broke. Again in 5.0 s.'],
      ['warning', 'drift: Index/a: gone from the cluster'],
      ['info', 'Drift: 1 of 1 resource.'],
    ]);
  });
});

describe('What cannot be meant', () => {
  it.each([
    [[], 'No manifests given'],
    [['-f', 'x', '--interval', '0s'], '--interval takes a duration from 1s to 24h, not 0s'],
    [['-f', 'x', '--interval', '300'], 'Write it as 30s, 5m or 1h'],
    [['-f', 'x', '--interval', '25h'], 'from 1s to 24h'],
    [['-f', 'x', '--listen', '9464'], '--listen takes HOST:PORT, not 9464'],
    [['-f', 'x', '--listen', '127.0.0.1:99999'], '--listen takes HOST:PORT'],
    [['-f', '-'], 'stdin can be read only once'],
    [['-f', 'x', '--password-file', '-'], 'stdin can be read only once'],
    [['-f', 'x', '--output', 'json'], '--log-format json'],
    [['-f', 'x', '--once', '--interval', '5m'], '--interval has no place beside it'],
    [['-f', 'x', '--url', 'nonsense'], 'nonsense'],
    [['-f', 'x', '--lint', 'nonsense=off'], 'There is no lint rule nonsense'],
    [['-f', 'x', '--stack', 'NO'], '--stack NO is no name'],
    [['-f', 'x', '--listen', '192.0.2.1:1'], 'RCTL_CANNOT_LISTEN'],
  ])('%j: exit 3', async (args, words) => {
    const { code, stderr } = await inProcess(['reconcile', ...args]);
    expect(code).toBe(3);
    expect(stderr).toContain(words);
  });
});
