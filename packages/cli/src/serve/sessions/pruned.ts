import type { SessionStore } from './session-store.ts';

const hourMs = 60 * 60_000;

/**
 * Forgets the sessions that nobody has used for long, now and every so often. A disk that refuses is
 * told, and ends nothing.
 * @returns to be cleared when the store is closed
 */
export function prunedNowAndThen(
  store: Pick<SessionStore, 'prune'>,
  onProblem: (message: string) => void,
  everyMs = hourMs,
): NodeJS.Timeout {
  const prune = () => {
    try {
      store.prune();
    } catch (error) {
      onProblem(`Sessions that nobody uses are not removed: ${(error as Error).message}`);
    }
  };
  prune();
  return setInterval(prune, everyMs).unref();
}
