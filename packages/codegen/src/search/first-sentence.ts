/** What `text` begins with: up to a full stop or the like, a line's end or `maxLength` characters. */
export function firstSentence(text: string, maxLength: number): string {
  const start = text.slice(0, maxLength + 1);
  const end = /[.!?:](?=\s|$)|\n/u.exec(start)?.index ?? maxLength;
  return start.slice(0, end);
}
