import { maxTimerMs } from './bounds.ts';
import type { RunClock } from './run-clock.ts';
import type { StepScript } from './step-script.ts';

export interface WallLimit {
  readonly wallMs: number;
  readonly clock: RunClock;
  readonly script: StepScript;
  readonly onWall: () => void;
}

/**
 * Calls `onWall` when the time is used up, that of a recorded part counted.
 * @returns ends the watch
 */
export function limitWall({ wallMs, clock, script, onWall }: WallLimit): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const watch = () => {
    clearTimeout(timer);
    if (isOver) return;
    const left = Math.max(0, Math.ceil(wallMs - clock.elapsedMs));
    timer = setTimeout(onWall, Math.min(left, maxTimerMs));
  };
  watch();
  // Then the clock has gone to where the recorded run had it.
  if (!script.isOver) script.over.then(watch);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
