/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, period about 2^127. Not secret. */

export interface Random {
  uint32(): number;
  /** In [0, 1), with 53 random bits. */
  fraction(): number;
}

export function seeded(seed: readonly [number, number, number, number]): Random {
  // No destructuring: a program may have replaced the iterator of lists.
  let a = seed[0];
  let b = seed[1];
  let c = seed[2];
  let counter = seed[3];
  const uint32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) uint32();
  return {
    uint32,
    fraction: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
  };
}
