const POWER = 0.8;

/**
 * The mean difference that `n` queries with this standard deviation show with a power of 0.8, two-sided: by the normal
 * approximation, (z of the level + z of the power) * deviation / sqrt(n). A little too small below 20 queries.
 */
export function detectableDifference(n: number, deviation: number, confidence: number): number {
  return ((inverseNormal((1 + confidence) / 2) + inverseNormal(POWER)) * deviation) / Math.sqrt(n);
}

/** The standard normal's quantile, found by halving: exact to eight digits of its distribution function. */
function inverseNormal(share: number): number {
  let [low, high] = [-10, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normal(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Abramowitz and Stegun 26.2.17: the error is below 7.5e-8. */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    series.reduce((sum, factor, i) => sum + factor * t ** (i + 1), 0);
  return x >= 0 ? 1 - tail : tail;
}
