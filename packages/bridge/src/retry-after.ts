const longestMs = 24 * 60 * 60_000;

/**
 * The time in a `Retry-After` header in ms, at most a day: seconds, or a date (RFC 9110, 10.2.3).
 * Undefined for a header that is missing or says neither.
 */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), longestMs);
}
