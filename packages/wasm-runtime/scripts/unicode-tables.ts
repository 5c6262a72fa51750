/**
 * The tables behind `String.prototype.normalize`, which the engine is built without, read off this
 * Node's own Unicode data.
 */

/** Hangul syllables follow a rule (Unicode Standard, 3.12) and are not in the tables. */
const isHangul = (code: number) => code >= 0xac00 && code <= 0xd7a3;
const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;

function* codePoints(): Generator<[code: number, character: string]> {
  for (let code = 0x80; code <= 0x10ffff; code++) {
    if (!isHangul(code) && !isSurrogate(code)) yield [code, String.fromCodePoint(code)];
  }
}

/** Whether two marks change places: the second one's combining class is lower, and not 0. */
const swaps = (first: string, second: string): boolean =>
  first !== second && `a${first}${second}`.normalize('NFD') === `a${second}${first}`;

/** Of class 1 and of class 240, the lowest and the highest. */
const [lowest, highest] = ['\u0334', '\u0345'];

/** Numbers in the order of the combining classes; which numbers is of no matter. */
function combiningClasses(): [code: number, rank: number][] {
  const marks = [...codePoints()].filter(
    ([, mark]) => mark.normalize('NFD') === mark && (swaps(highest, mark) || swaps(mark, lowest)),
  );
  const groups: string[][] = [];
  const order = (left: string, right: string) =>
    swaps(left, right) ? 1 : swaps(right, left) ? -1 : 0;
  for (const [, mark] of marks) {
    const group = groups.find(([first]) => order(first as string, mark) === 0);
    if (group === undefined) groups.push([mark]);
    else group.push(mark);
  }
  groups.sort(([left], [right]) => order(left as string, right as string));
  return groups
    .flatMap((group, index) =>
      group.map((mark): [number, number] => [mark.codePointAt(0) as number, index + 1]),
    )
    .sort(([left], [right]) => left - right);
}

const characters = (codes: readonly number[]): string =>
  codes.map((code) => String.fromCodePoint(code)).join('');

/** The source of the module `unicode-tables`: text only, which is compact and quick to parse. */
export function unicodeTables(): string {
  const canonical = { codes: '', lengths: '', texts: '' };
  const compatible = { codes: '', lengths: '', texts: '' };
  const pairs: [first: number, second: number, composite: number][] = [];
  const add = (table: typeof canonical, character: string, text: string) => {
    table.codes += character;
    table.lengths += String.fromCharCode(text.length);
    table.texts += text;
  };
  for (const [code, character] of codePoints()) {
    const decomposed = character.normalize('NFD');
    const compatibly = character.normalize('NFKD');
    if (decomposed !== character) add(canonical, character, decomposed);
    if (compatibly !== decomposed) add(compatible, character, compatibly);
    if (decomposed === character || character.normalize('NFC') !== character) continue;
    const parts = [...decomposed];
    const last = parts.pop() as string;
    const first = [...parts.join('').normalize('NFC')];
    if (first.length !== 1) throw new Error(`${code.toString(16)} is not made of two.`);
    pairs.push([first[0]?.codePointAt(0) as number, last.codePointAt(0) as number, code]);
  }
  pairs.sort(([a, b], [c, d]) => a - c || b - d);
  const classes = combiningClasses();
  const tables = {
    canonical,
    compatible,
    pairs: characters(pairs.flatMap((pair) => pair.slice(0, 2))),
    composites: characters(pairs.map(([, , composite]) => composite)),
    marks: characters(classes.map(([code]) => code)),
    ranks: characters(classes.map(([, rank]) => rank)),
  };
  return Object.entries(tables)
    .map(([name, table]) => `export const ${name} = ${JSON.stringify(table)};`)
    .join('\n');
}
