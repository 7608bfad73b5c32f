import type { DevIo, DevStep } from './types.ts';

const tickMs = 1000;

export type Report = (detail: string) => void;

/** Runs one step and tells its start, a sign of life every second, and its end. */
export async function inStep<T>(
  io: DevIo,
  step: DevStep,
  detail: string,
  work: (report: Report) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  let latest = detail;
  io.onEvent({ type: 'dev.step', step, detail });
  const timer = setInterval(() => {
    io.onEvent({ type: 'dev.progress', step, elapsedMs: elapsed(), detail: latest });
  }, tickMs);
  try {
    const result = await work((next) => {
      latest = next;
    });
    io.onEvent({ type: 'dev.done', step, tookMs: elapsed() });
    return result;
  } finally {
    clearInterval(timer);
  }
}
