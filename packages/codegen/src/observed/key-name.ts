const longestName = 40;

/** Characters that a reader cannot see. */
const unseen = /[\p{C}\p{DI}\u2028\u2029]/u;

const forms = [
  // Numbers, dates, times, phone numbers, addresses of networks: digits and no letter.
  /^[^\p{L}]*\d[^\p{L}]*$/u,
  // E-mail addresses; not the `@type` of JSON-LD.
  /[^\s@]@[^\s@]+\.[^\s@]/u,
  // Times, UUIDs, and hexadecimal numbers that are long.
  /^\d{4}-\d\d-\d\dT/u,
  /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/iu,
  /^(?=.*\d)[\da-f]{12,}$/iu,
  // Numbers of records, in a name: issue_48213.
  /\d{5}/u,
  // Paths, URLs and media types.
  /[/\\]/u,
  // Tokens of the content filter.
  /^\[\[/u,
] as const;

/** Random identifiers: a single word of both cases and several digits. */
function isRandom(name: string): boolean {
  if (name.length < 12 || !/^[\w-]+$/u.test(name)) return false;
  const digits = name.replaceAll(/\D/gu, '').length;
  return digits >= 3 && /[a-z]/u.test(name) && /[A-Z]/u.test(name);
}

/** Whether the name of a member is more likely a value, such as an id, than a name that a program would use. */
export function looksLikeData(name: string): boolean {
  if (name.length > longestName || unseen.test(name)) return true;
  return forms.some((form) => form.test(name)) || isRandom(name);
}
