import { counted } from '@org/core';
/** Keeps a page to a size that a browser opens, whatever the run held. */
export interface TextBudget {
  /** `text`, or its beginning and how much is left out. */
  take(text: string): string;
}

/**
 * @param each most characters of one text
 * @param all most characters of all of them
 * @param whole where the whole of a text is to be had
 */
export function textBudget(each: number, all: number, whole: string): TextBudget {
  let left = all;
  return {
    take: (text) => {
      const most = Math.min(each, left);
      if (text.length <= most) {
        left -= text.length;
        return text;
      }
      left -= most;
      return `${text.slice(0, most)}\n… ${counted(text.length - most, 'character')} more: ${whole}`;
    },
  };
}
