import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface Rate {
  readonly calls: number;
  readonly intervalMs: number;
}

/** Counts uses of keys. */
export interface RateStore {
  /**
   * Counts one use of `key` and returns 0 where the rate allows it now; else counts nothing and
   * returns after how many milliseconds it may.
   */
  take(key: string, rate: Rate): Promise<number>;
}

/** In memory. An interval begins with a key's first use, so that two of them can meet in a burst. */
export function memoryRates(): RateStore {
  const limiters = new Map<string, Promise<RateLimiterMemory>>();
  const limiterOf = ({ calls, intervalMs }: Rate): Promise<RateLimiterMemory> => {
    const name = `${calls}/${intervalMs}`;
    let limiter = limiters.get(name);
    if (limiter === undefined) {
      limiter = open(calls, intervalMs);
      limiters.set(name, limiter);
    }
    return limiter;
  };
  return {
    async take(key, rate) {
      const limiter = await limiterOf(rate);
      try {
        await limiter.consume(key);
        return 0;
      } catch (error) {
        if (error instanceof Error) throw error;
        return Math.max(1, Math.ceil((error as RateLimiterRes).msBeforeNext));
      }
    },
  };
}

async function open(points: number, intervalMs: number): Promise<RateLimiterMemory> {
  // It loads a client for each data base it knows.
  const { default: limiters } = await import('rate-limiter-flexible');
  return new limiters.RateLimiterMemory({ points, duration: intervalMs / 1_000 });
}
