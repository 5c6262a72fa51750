/** SHA-256 of the code that checks types, hex: set where the command line is bundled. */
export const checkerDigest: string | undefined = undefined;
