/** What becomes of the parts of a JSON text; undefined leaves a part as it is. */
export interface JsonParts {
  /**
   * @param text of a string or of a member's name
   * @param key name of the last member before it; undefined where `text` is a name itself
   */
  string(text: string, key: string | undefined): string | undefined;
  /** @param digits of a whole number without a sign */
  number?(digits: string, key: string): string | undefined;
}

const digitRun = /\d+/g;
/** What stands beside a number that is whole. */
const beside = /[-+.eE\d]/;

/**
 * `json` with its strings, names and whole numbers replaced by other JSON text; everything else
 * stays to the byte. Reads the text once and without recursion, and parses nothing but strings with
 * escapes. Of text that is not JSON, what can't be read stays.
 */
export function mapJson(json: string, parts: JsonParts): string {
  let result = '';
  /** Up to where `result` goes. */
  let copied = 0;
  let key = '';
  const replace = (start: number, end: number, by: string | undefined): void => {
    if (by === undefined) return;
    result += json.slice(copied, start) + by;
    copied = end;
  };
  let at = 0;
  while (at < json.length) {
    const quote = json.indexOf('"', at);
    const gapEnd = quote === -1 ? json.length : quote;
    if (parts.number !== undefined) {
      for (const [start, end] of numbers(json, at, gapEnd)) {
        replace(start, end, parts.number(json.slice(start, end), key));
      }
    }
    if (quote === -1) break;
    const end = endOfString(json, quote);
    const isKey = nextIsColon(json, end);
    const text = stringAt(json, quote, end);
    if (text !== undefined) {
      replace(quote, end, parts.string(text, isKey ? undefined : key));
      if (isKey) key = text;
    }
    at = end;
  }
  return copied === 0 ? json : result + json.slice(copied);
}

function* numbers(json: string, from: number, to: number): Generator<[number, number]> {
  // Between strings there are mostly a few signs.
  if (to - from < shortestNumber) return;
  for (const { 0: digits, index } of json.slice(from, to).matchAll(digitRun)) {
    const start = from + index;
    const end = start + digits.length;
    if (digits.length < shortestNumber || digits.length > longestNumber) continue;
    if (!beside.test(json.charAt(start - 1)) && !beside.test(json.charAt(end))) yield [start, end];
  }
}

/** Shorter whole numbers are nothing that is looked for. */
const shortestNumber = 7;
const longestNumber = 24;

/** Index behind the quote that ends the string which begins at `start`, or the text's end. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return json.length;
}

function stringAt(json: string, start: number, end: number): string | undefined {
  const raw = json.slice(start, end);
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    return JSON.parse(raw) as string;
  } catch {
    return undefined;
  }
}

function nextIsColon(json: string, at: number): boolean {
  let index = at;
  while (' \t\r\n'.includes(json.charAt(index)) && index < json.length) index++;
  return json.charCodeAt(index) === 0x3a;
}
