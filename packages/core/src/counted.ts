/** `12,345`. `Intl.NumberFormat` takes 15 ms to make. */
export const count = (amount: number): string =>
  String(amount).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');

/**
 * `1 call`, `2 calls`, `12,345 calls`.
 * @param one what is counted; of several words the last one is counted
 * @param many Default: `one` with an s
 */
export const counted = (amount: number, one: string, many = `${one}s`): string =>
  `${count(amount)} ${amount === 1 ? one : many}`;
