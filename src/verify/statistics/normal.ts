/** Beyond, the distribution function is 0 or 1 to the last digit. */
const END = 8.5;

/**
 * The standard normal distribution function, by the Taylor series of George Marsaglia ("Evaluating the Normal
 * Distribution", Journal of Statistical Software 11, 2004): the error is that of rounding.
 */
export function normalShare(x: number): number {
  if (Math.abs(x) >= END) return x < 0 ? 0 : 1;
  let [sum, before, term] = [x, 0, x];
  for (let i = 3; sum !== before; i += 2) {
    term *= (x * x) / i;
    before = sum;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Where the standard normal distribution function has this value: found by halving, between -8.5 and 8.5. */
export function normalQuantile(share: number): number {
  let [low, high] = [-END, END];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
