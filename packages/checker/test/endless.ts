/** A program on which the compiler works for minutes, without looking up. */
export const endless = `const a: any = 1; export default a${'.a'.repeat(500_000)}`;
