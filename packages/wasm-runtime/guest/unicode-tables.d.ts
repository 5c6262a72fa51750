/** Made by scripts/unicode-tables.ts while the engine is built. All numbers are code points. */
declare module 'unicode-tables' {
  interface Decompositions {
    /** Sorted. */
    readonly codes: string;
    /** Of the text of each code, in `texts`. */
    readonly lengths: string;
    readonly texts: string;
  }
  export const canonical: Decompositions;
  /** Those that differ from the canonical ones. */
  export const compatible: Decompositions;
  /** First and second, of each pair that becomes one; sorted. */
  export const pairs: string;
  /** What each pair becomes. */
  export const composites: string;
  /** Sorted: what has a combining class. */
  export const marks: string;
  /** The class of each mark: numbers in the order of the classes. */
  export const ranks: string;
}
