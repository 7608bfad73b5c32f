/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/**
 * Times two things in turns, so that a slow minute of the machine falls on both. Every second round turns the
 * order round. Resolves with the times and with the median of the rounds' ratios.
 *
 * @param {number} rounds
 * @param {() => Promise<number>} ours milliseconds
 * @param {() => Promise<number>} bare milliseconds
 * @param {(round: number, ours: number, bare: number) => void} [onRound]
 */
export async function alternate(rounds, ours, bare, onRound) {
  /** @type {{ ours: number, bare: number }[]} */
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const pair = { ours: 0, bare: 0 };
    /** @type {('ours' | 'bare')[]} */
    const order = round % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours'];
    for (const arm of order) pair[arm] = await (arm === 'ours' ? ours : bare)();
    pairs.push(pair);
    onRound?.(round, pair.ours, pair.bare);
  }
  return {
    oursMs: median(pairs.map((pair) => pair.ours)),
    bareMs: median(pairs.map((pair) => pair.bare)),
    ratio: median(pairs.map((pair) => pair.ours / pair.bare)),
    ratios: pairs.map((pair) => pair.ours / pair.bare),
  };
}
