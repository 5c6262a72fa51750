/** The program's clock, and the wall time that its run has used. */
export class RunClock {
  #shown: number;
  #elapsed: number;
  #since = performance.now();

  /**
   * @param shown milliseconds since 1970
   * @param elapsedMs used before
   */
  constructor(shown: number, elapsedMs: number) {
    this.#shown = shown;
    this.#elapsed = elapsedMs;
  }

  /** Whole milliseconds since 1970. */
  get now(): number {
    return Math.floor(this.#shown + performance.now() - this.#since);
  }

  get elapsedMs(): number {
    return this.#elapsed + performance.now() - this.#since;
  }

  /** Goes to where a recorded run had it. */
  goTo(shown: number, elapsedMs = this.elapsedMs): void {
    this.#shown = shown;
    this.#elapsed = elapsedMs;
    this.#since = performance.now();
  }
}
