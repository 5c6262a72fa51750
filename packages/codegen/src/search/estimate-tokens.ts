/**
 * About how many tokens a text is to a language model, rather too many than too few: names and
 * English take about four characters a token, everything that is not ASCII up to one each.
 */
export function estimateTokens(text: string): number {
  const others = text.replace(/[ -~\n]/gu, '').length;
  return Math.ceil((text.length - others) / 3.5 + others);
}
