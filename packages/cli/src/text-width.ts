import { eastAsianWidth } from 'get-east-asian-width';

/** The columns of a terminal; without end where `stream` is none, or says nothing of them. */
export function widthOf(stream: { readonly columns?: number | undefined }): number {
  return stream.columns || Infinity;
}

/** How many columns of a terminal a line takes: none for marks above others, two for wide characters. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/u.test(text)) return text.length;
  return Array.from(text, characterWidth).reduce((sum, width) => sum + width, 0);
}

function characterWidth(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** Its beginning, with `…` where it takes more than `width` columns. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let room = width - 1;
  for (const character of text) {
    room -= characterWidth(character);
    if (room < 0) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept}…`;
}

/**
 * Its lines of at most `width` columns, broken at spaces, and within words that are longer than a line.
 * @param indent before all lines but the first
 */
export function foldToWidth(text: string, width: number, indent = ''): string[] {
  if (textWidth(text) <= width) return [text];
  const inset = indent.slice(0, Math.max(0, width - 2));
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const breakLine = () => {
    lines.push(line);
    line = inset;
    used = inset.length;
  };
  for (const [index, word] of text.split(/(?<=[^ ]) /u).entries()) {
    const own = word.trimStart();
    const fitsHere = used + 1 + textWidth(word) <= width;
    const fitsBelow = inset.length + textWidth(own) <= width;
    const isBelow = index > 0 && !fitsHere && fitsBelow;
    if (isBelow) breakLine();
    for (const character of index === 0 ? word : isBelow ? own : ` ${word}`) {
      const wide = characterWidth(character);
      if (used + wide > width && line !== inset) breakLine();
      line += character;
      used += wide;
    }
  }
  return [...lines, line];
}

/** With spaces behind it up to `width` columns. */
export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}
