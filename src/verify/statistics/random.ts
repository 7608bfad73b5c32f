/** Random numbers that are the same everywhere for the same seed. */
export interface RandomSource {
  /** Fills with whole numbers from 0 to 2^32 - 1, each as likely. */
  fill(target: Uint32Array): void;
}

/** The source of a seed. Seeds that differ by a multiple of 2^32 are the same. */
export function randomSource(seed: number): RandomSource {
  const next = splitmix32(seed);
  return xoshiro128([next(), next(), next(), next()]);
}

/**
 * xoshiro128** 1.1 from its state, which is not all 0: David Blackman and Sebastiano Vigna, "Scrambled Linear
 * Pseudorandom Number Generators", ACM Transactions on Mathematical Software 47 (2021).
 */
export function xoshiro128(state: readonly [number, number, number, number]): RandomSource {
  let [s0, s1, s2, s3] = state;
  return {
    fill(target) {
      // Local while it runs: this is the inner loop of every resampling.
      let [a, b, c, d] = [s0, s1, s2, s3];
      for (let i = 0; i < target.length; i++) {
        const five = Math.imul(b, 5);
        // An array of unsigned numbers takes the 32 bits as they are.
        target[i] = Math.imul((five << 7) | (five >>> 25), 9);
        const shifted = b << 9;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = (d << 11) | (d >>> 21);
      }
      [s0, s1, s2, s3] = [a, b, c, d];
    },
  };
}

/**
 * Spreads a seed over the bits of a state: SplitMix of Steele, Lea and Flood ("Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014) in 32 bits, which is a Weyl sequence through the finalizer of Appleby's MurmurHash3.
 */
export function splitmix32(seed: number): () => number {
  let weyl = seed | 0;
  return () => {
    weyl = (weyl + 0x9e3779b9) | 0;
    const mixed = Math.imul(weyl ^ (weyl >>> 16), 0x85ebca6b);
    const again = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return again ^ (again >>> 16);
  };
}
