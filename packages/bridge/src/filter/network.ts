import { isDigit, isHex, isLetter, isWord, matchEnd } from './chars.ts';

const octets = /(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}/y;
/** Nobody's in particular. */
const everybodys = /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.255$)/;
const versionWords = /(?:version|release|build|ver|rev|v)[ :="'/]{0,3}$/i;

/** IPv4, except loopback, unspecified and broadcast; four numbers behind "version" are none. */
export function ipv4(text: string, at: number): number {
  const end = matchEnd(octets, text, at);
  if (end === -1 || isWord(text.charCodeAt(end))) return -1;
  const next = text.charAt(end);
  if ((next === '.' || next === '-') && isWord(text.charCodeAt(end + 1))) return -1;
  if (everybodys.test(text.slice(at, end))) return -1;
  return versionWords.test(text.slice(Math.max(0, at - 14), at)) ? -1 : end;
}

/** IPv6 in full or with `::`, except `::` and `::1`. */
export function ipv6(text: string, at: number): number {
  let groups = 0;
  let compressed = false;
  let hasDigit = false;
  let longGroup = false;
  let index = at;
  let end = -1;
  while (groups <= 8) {
    const start = index;
    while (index - start < 4 && isHex(text.charCodeAt(index))) {
      if (isDigit(text.charCodeAt(index))) hasDigit = true;
      index++;
    }
    if (index === start) {
      if (!(compressed && text.charAt(index - 1) === ':') && index !== at) break;
    } else {
      if (isDigit(text.charCodeAt(start)) && text.charAt(index) === '.') {
        const v4 = matchEnd(octets, text, start);
        if (v4 !== -1) {
          groups += 2;
          end = v4;
          break;
        }
      }
      groups++;
      longGroup ||= index - start === 4;
      end = index;
    }
    if (text.charAt(index) !== ':') break;
    if (text.charAt(index + 1) === ':') {
      if (compressed) return -1;
      compressed = true;
      index += 2;
      end = index;
    } else if (index === start) break;
    else index++;
  }
  if (end === -1 || isWord(text.charCodeAt(end))) return -1;
  // A colon may follow in a sentence or a log, but no further group.
  if (text.charAt(end) === ':' && !/^[\s"']?$/.test(text.charAt(end + 1))) return -1;
  if (compressed ? groups > 7 : groups !== 8) return -1;
  if (text.slice(at, end) === '::1') return -1;
  // `dead::beef` is as likely a name in C++ or Rust.
  return hasDigit && (longGroup || groups > 2) ? end : -1;
}

/** Endings of file names that `name@2x.png` would otherwise make a domain. */
const fileEndings = new Set(
  'png jpg jpeg gif svg webp ico css js mjs cjs jsx ts tsx json yaml yml toml lock html htm xml txt pdf zip gz tgz wasm map'.split(
    ' ',
  ),
);

const isLatin = (code: number): boolean => code >= 0xc0 && code <= 0x24f;
const isLocal = (code: number): boolean =>
  isWord(code) ||
  isLatin(code) ||
  code === 0x2e || // .
  code === 0x2d || // -
  code === 0x2b || // +
  code === 0x25 || // %
  code === 0x27; // '

/** An e-mail address around the `@` (or the `%40` of an URL) from `at` to `after`, as its two ends. */
export function email(
  text: string,
  at: number,
  after: number,
  floor: number,
): readonly [start: number, end: number] | undefined {
  let start = at;
  while (start > floor && at - start <= 64 && isLocal(text.charCodeAt(start - 1))) start--;
  while (start < at && !isWord(text.charCodeAt(start)) && !isLatin(text.charCodeAt(start))) start++;
  if (start === at || at - start > 64 || text.charAt(at - 1) === '.') return undefined;
  if (text.slice(start, at) === 'git') return undefined;
  let end = after;
  let dot = after;
  while (end - after < 253) {
    const code = text.charCodeAt(end);
    if (code === 0x2e) {
      if (end === after || text.charAt(end - 1) === '.') break;
      dot = end;
    } else if (!(isDigit(code) || isLetter(code) || isLatin(code) || code === 0x2d)) break;
    end++;
  }
  while (end > after && !isWord(text.charCodeAt(end - 1)) && !isLatin(text.charCodeAt(end - 1))) {
    end--;
  }
  // The last dot again, where trailing ones are cut off.
  if (dot >= end) for (dot = end - 1; dot > after && text.charAt(dot) !== '.'; ) dot--;
  if (dot <= after) return undefined;
  const top = text.slice(dot + 1, end).toLowerCase();
  if (!/^(?:[a-z\u00c0-\u024f]{2,24}|xn--[a-z0-9-]{2,58})$/.test(top)) return undefined;
  return fileEndings.has(top) ? undefined : [start, end];
}

/** The `user:password` of an URL whose `@` is at `at`: where it begins, or -1. */
export function urlPassword(text: string, at: number, floor: number): number {
  let colon = false;
  for (let index = at - 1; index >= floor && at - index <= 128; index--) {
    const character = text.charAt(index);
    if (character === '/') {
      const begins = text.charAt(index - 1) === '/' && text.charAt(index - 2) === ':';
      return begins && colon && isLetter(text.charCodeAt(index - 3)) ? index + 1 : -1;
    }
    if (character === ':') colon = true;
    else if (' \t\r\n"\'<>@'.includes(character)) return -1;
  }
  return -1;
}
