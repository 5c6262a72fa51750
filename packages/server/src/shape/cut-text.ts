import { counted } from '@org/core';
import { estimateTokens } from './tokens.ts';

/** Tokens of the mark that says how much was cut. */
const markTokens = 12;

const jsonTokens = (text: string) => estimateTokens(JSON.stringify(text));

export interface CutText {
  readonly text: string;
  /** Characters at the beginning, and at the end. */
  readonly head: number;
  readonly tail: number;
}

/**
 * The beginning and the end of a text, which together take about `tokens` as a JSON string, and
 * between them a mark with the number of characters that were cut. Undefined where that is no room.
 */
export function cutText(text: string, tokens: number): CutText | undefined {
  const room = tokens - markTokens;
  if (room < 4) return undefined;
  // Where a part of the text is much denser than the rest, the first guess is too long.
  for (let kept = Math.floor((text.length * room) / jsonTokens(text)); kept >= 4; ) {
    const head = wholeBefore(text, Math.ceil((kept * 2) / 3));
    const tail = text.length - wholeBefore(text, text.length - Math.floor(kept / 3));
    const parts = [text.slice(0, head), text.slice(text.length - tail)] as const;
    const used = jsonTokens(parts[0]) + jsonTokens(parts[1]);
    if (used <= room) {
      const mark = `…[${counted(text.length - head - tail, 'character')} cut]…`;
      return { text: `${parts[0]}${mark}${parts[1]}`, head, tail };
    }
    kept = Math.floor(kept * Math.min(0.9, room / used));
  }
  return undefined;
}

/** The greatest index up to `index` that does not part a surrogate pair. */
function wholeBefore(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const before = text.charCodeAt(index - 1);
  const parts = unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff;
  return parts ? index - 1 : index;
}
