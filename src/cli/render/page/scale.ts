/** A number's place on a drawing, in percent of its width, two digits. What is outside stands at the edge. */
export type Scale = (value: number) => number;

export function linear(low: number, high: number): Scale {
  const span = high - low || 1;
  return (value) => place((value - low) / span);
}

/** Both ends are above zero. */
export function logarithmic(low: number, high: number): Scale {
  const span = Math.log(high / low) || 1;
  return (value) => place(Math.log(Math.max(value, low) / low) / span);
}

function place(share: number): number {
  return Math.round(Math.min(Math.max(share, 0), 1) * 10_000) / 100;
}

const STEPS = [1, 2, 5] as const;

/** 1, 2, 5, 10, 20 … from below the first number to above the second. */
export function decades(low: number, high: number): number[] {
  const all: number[] = [];
  // One power more on either side, as the logarithm of a number just below a power may be rounded to it.
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; power++) {
    all.push(...STEPS.map((step) => Number(`${step}e${power}`)));
  }
  const from = all.findLastIndex((value) => value <= low);
  const to = all.findIndex((value) => value >= high);
  return all.slice(Math.max(from, 0), to === -1 ? all.length : to + 1);
}

/** The smallest round number that is not below this one, which is above zero. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return Number((step * power).toPrecision(3));
}
