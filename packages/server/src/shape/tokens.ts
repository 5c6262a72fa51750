const space = 0x20;
const newline = 0x0a;
/** In random letters a capital is a token of its own now and then. */
const joinedCost = 0.15;

type Kind = 'lower' | 'upper' | 'digit' | 'space' | 'newline' | 'sign' | 'foreign';

function kindOf(code: number): Kind {
  if (code >= 0x61 && code <= 0x7a) return 'lower';
  if (code >= 0x41 && code <= 0x5a) return 'upper';
  if (code >= 0x30 && code <= 0x39) return 'digit';
  if (code === newline || code === 0x0d) return 'newline';
  if (code === space || code === 0x09) return 'space';
  return code < 0x80 ? 'sign' : 'foreign';
}

/** Of one UTF-16 unit outside ASCII: scripts with long words in the vocabulary cost less. */
function foreignCost(code: number): number {
  if (code < 0x250) return 1.8;
  if (code < 0x700) return 0.45;
  if (code < 0x1100) return 1;
  if (code < 0x1400) return 2.4;
  if (code < 0x2e80) return 1.5;
  if (code < 0xd800) return 1.2;
  return code < 0xe000 ? 2 : 3;
}

function runCost(kind: Kind, length: number): number {
  switch (kind) {
    case 'lower':
      // Words are in the vocabulary; what is longer than any word is not one.
      return length <= 6 ? 1.25 : length <= 14 ? 1.25 + (length - 6) / 4 : length / 1.9;
    case 'upper':
      return length <= 2 ? 1.2 : length / 1.7;
    case 'digit':
      return 0.05 + Math.ceil(length / 3);
    case 'sign':
      return Math.max(1, length / 1.6);
    case 'newline':
    case 'space':
      return length / 16 + 0.5;
    case 'foreign':
      return length;
  }
}

/**
 * How many tokens a model reads in `text` at most, without a vocabulary. Against o200k: prose, code,
 * JSON and logs come out up to a half too high, texts of other scripts up to three times; random
 * characters of many scripts, and rare ideographs, can take up to twice as many.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let index = 0;
  while (index < text.length) {
    const start = index;
    const kind = kindOf(text.charCodeAt(index));
    index++;
    if (kind === 'foreign') {
      tokens += foreignCost(text.charCodeAt(start));
      continue;
    }
    while (index < text.length && kindOf(text.charCodeAt(index)) === kind) index++;
    // A space belongs to the word behind it, and a capital to its word.
    const before = index < text.length ? kindOf(text.charCodeAt(index)) : undefined;
    const joins =
      index - start === 1 &&
      ((kind === 'space' && before !== 'digit' && before !== 'space') ||
        (kind === 'upper' && before === 'lower'));
    tokens += joins ? joinedCost : runCost(kind, index - start);
  }
  return Math.ceil(tokens);
}
