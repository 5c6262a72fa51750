/** Of WebAssembly's linear memory. */
export const pageBytes = 65_536;
/** Of a 32-bit memory: 4 GiB. */
export const maxPages = 65_536;

/** The longest time that a Node timer can wait; a longer one would fire at once. */
export const maxTimerMs = 2 ** 31 - 1;
