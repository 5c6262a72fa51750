/** Words that say nothing about what is looked for. */
const stopWords = new Set(
  `a about after all also am an and any are as at be been before but by can could did do does doing
  don done each every few for from give had has have having her here him his how i if in into is it
  its just let like may me might more most must my need now of on one or other our out over own
  please same shall she should so some such than that the their them then there these they this
  those ten three four five six seven eight nine to too tool tools two up us use used using want was we well were what when where which while
  who whom whose why will with without would you your`.split(/\s+/u),
);

const maxWordLength = 40;

/**
 * Words of a text or a name, as they are compared: `searchIssues_by-label` gives `search`, `issu`
 * and `label`. Stop words are left out unless there are no others.
 */
export function words(text: string): string[] {
  const all = text
    .normalize('NFKC')
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})(?!\p{Lu}s(?!\p{L}))/gu, ' ')
    .toLowerCase()
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, maxWordLength));
  const telling = all.filter((word) => !stopWords.has(word));
  return (telling.length > 0 ? telling : all).map(stem);
}

/** Names of two or more words, each in one piece and marked: `dryRun` and `dry_run` give `=dryrun`. */
export function wholeNames(text: string): string[] {
  const compounds = text.match(/[\p{L}\p{N}_]{3,80}/gu) ?? [];
  return compounds
    .filter((name) => /\p{Ll}\p{Lu}|[^_]_[^_]/u.test(name))
    .map((name) => `=${name.replaceAll('_', '').toLowerCase().slice(0, maxWordLength)}`);
}

/** Endings off, so that the forms of an English word meet: `queries`, `query` → `queri`. */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/u.test(word)) return word;
  if (word.length === 3) return /[^aeious]s$/u.test(word) ? word.slice(0, -1) : word;
  let base = word;
  if (/(?:ss|sh|ch|x|z)es$/u.test(base)) base = base.slice(0, -2);
  else if (/ies$/u.test(base) && base.length > 4) base = `${base.slice(0, -3)}y`;
  else if (/[^sui]s$/u.test(base)) base = base.slice(0, -1);
  const ending = /(?:ing|ed|er|est|ion|ions)$/u.exec(base)?.[0];
  if (ending !== undefined) {
    const left = base.slice(0, -ending.length);
    if (left.length >= 3 && /[aeiouy]/u.test(left)) {
      const doubled = /([bdfgmnprt])\1$/u.test(left);
      base = doubled ? left.slice(0, -1) : left;
    }
  }
  if (base.length > 3 && base.endsWith('e')) base = base.slice(0, -1);
  return base.length > 2 && /[^aeiou]y$/u.test(base) ? `${base.slice(0, -1)}i` : base;
}
