/** Adds one to a number. Use to count. */
export default ({ n = 1 }: { n?: number }) => n + 1;
