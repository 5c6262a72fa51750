import { stem, wholeNames, words } from './words.ts';

/** Forms that no rule of `stem` brings together. */
const irregular = `
bought buy
came come
chose choose
did do
found find
gave give
gone go
got get
held hold
kept keep
known know
lost lose
made make
met meet
ran run
said say
saw see
sent send
shown show
sold sell
taken take
took take
went go
written write
wrote write
`;

/** What turns of phrase, names of files and commands of a shell ask for, in words of tools. */
const phrases: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/\bhow many\b/u, 'count'],
  [/\bhow (?:much|big|large|long)\b/u, 'size'],
  [/\b(?:which|what) [^.?]{1,60}\b(?:are|is|exist|have|has|can|may)\b/u, 'list'],
  // A file's name, and a site's.
  [/(?<![/\w.])[\w-]+\.(?!(?:com|org|net|io|dev)\b)[a-z]\w{0,4}(?![\w/])/u, 'file'],
  [/\b[\w-]+\.(?:com|org|net|io|dev)\b/u, 'navigate url'],
  [/\bwho\b/u, 'author'],
  [/\bwhen\b/u, 'time'],
  [/\bwhy\b/u, 'explain'],
  [/\bget rid\b/u, 'delete'],
  [/\bthrow away\b/u, 'discard'],
  [/\bset .{1,80} to\b/u, 'update'],
  [/\bset up\b/u, 'initialize'],
  [/\bversion control\b/u, 'git repository'],
  [/\bmkdir\b/u, 'create directory'],
  [/\b(?:ls|dir)\b/u, 'list directory'],
  [/\bcat\b/u, 'read file'],
  [/\bcp\b/u, 'copy file'],
  [/\bmv\b/u, 'move file'],
  [/\b(?:rm|rmdir)\b/u, 'delete file'],
  [/\b(?:stat|chmod)\b/u, 'file information permissions'],
  [/\b(?:curl|wget)\b/u, 'fetch url'],
  [/\bundo\b|\bgo back to\b/u, 'reset'],
];

const irregularForms: ReadonlyMap<string, string> = new Map(
  irregular
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(stem) as [string, string]),
);

function askedFor(query: string): string[] {
  const lower = query.toLowerCase();
  return phrases.flatMap(([pattern, meant]) => (pattern.test(lower) ? words(meant) : []));
}

/** Longer queries are cut: a request is a sentence, not a document. */
const maxQueryLength = 500;

/** Distinct words that a query asks for, with what its question words and names of files mean. */
export function queryWords(query: string): string[] {
  const text = query.slice(0, maxQueryLength).replace(/\bhttps?:\/\/\S+/giu, ' url ');
  const spoken = words(text).map((word) => irregularForms.get(word) ?? word);
  const all = [...spoken, ...askedFor(text), ...wholeNames(text)];
  const distinct = [...new Set(all)];
  const telling = distinct.filter((word) => word.length > 1 && !/^\d+$/u.test(word));
  return telling.length > 0 ? telling : distinct;
}
