/**
 * The distribution function of Student's t with a whole number of degrees of freedom: the finite series of Abramowitz
 * and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
export function studentShare(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, square] = [Math.sin(angle), Math.cos(angle) ** 2];
  const odd = freedom % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let i = odd ? 3 : 2; i < freedom; i += 2) {
    term *= (square * (i - 1)) / i;
    sum += term;
  }
  return 0.5 + (odd ? (angle + sine * sum) / Math.PI : (sine * sum) / 2);
}

/** Where it has this value, between 0 and 1: found by halving. */
export function studentQuantile(share: number, freedom: number): number {
  // By the angle of the series, because a single degree of freedom reaches very far.
  const at = (angle: number): number => Math.tan(angle) * Math.sqrt(freedom);
  let [low, high] = [-Math.PI / 2, Math.PI / 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentShare(at(middle), freedom) < share) low = middle;
    else high = middle;
  }
  return at((low + high) / 2);
}
