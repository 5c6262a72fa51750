import type { ApiDiagnostic, Language } from './typescript.ts';

/** All lines of a message: the problem, and below it why. */
export function messageLines({ text, messageChain = [] }: ApiDiagnostic): string[] {
  return [text, ...messageChain.flatMap((part) => messageLines(part))];
}

/** A value that may be null or undefined is used as if it were not. */
const maybeAbsent = [2531, 2532, 2533, 2721, 2722, 2723, 18047, 18048, 18049];
/** Of a value that the types say nothing about. */
const ofUnknown = [2571, 18046];
/** Arithmetic with something else than numbers, such as dates: JavaScript converts them. */
const arithmetic = [2362, 2363];
/** Conditions that have one result by their types, an unused suppression, a late assignment. */
const needless = [2454, 2578, 2869, 2871, 2872, 2873, 2881];
const warned = new Set([...maybeAbsent, ...ofUnknown, ...arithmetic, ...needless]);

/** Own objects of a program in JavaScript, whose shape TypeScript only guesses. */
const guessedInJs = new Set([2322, 2339, 2365, 2367, 2554, 2739, 2740, 2741]);

const missingProperty = 2339;
const awaitForgotten = 2773;

/** Whether it only says that something is `any`, which is nobody's mistake. */
export function isImplicitAny({ code }: ApiDiagnostic): boolean {
  return code >= 7000 && code < 7100 && code !== 7016;
}

/** Whether the value is a promise that nobody awaited. */
export function lacksAwait({ code, relatedInformation = [] }: ApiDiagnostic): boolean {
  return code === 2801 || relatedInformation.some((related) => related.code === awaitForgotten);
}

/** Whether it is about a value of type `unknown`, such as the result of a tool without a schema. */
export function isOfUnknown(diagnostic: ApiDiagnostic): boolean {
  if (ofUnknown.includes(diagnostic.code)) return true;
  const last = messageLines(diagnostic).at(-1) ?? '';
  return /\btype 'unknown'/iu.test(last);
}

/**
 * An error is what goes wrong when that line runs. What TypeScript cannot know to be right, and
 * which may well be right at run time, is a warning. `docs/check.md` lists both.
 * @param isOfTool whether it is about a call or a type of a tool
 */
export function severityOf(
  diagnostic: ApiDiagnostic,
  language: Language,
  isOfTool: boolean,
): 'error' | 'warning' {
  const { code, text, messageChain = [] } = diagnostic;
  if (lacksAwait(diagnostic)) return 'error';
  if (warned.has(code) || isOfUnknown(diagnostic)) return 'warning';
  if (language === 'js' && !isOfTool && guessedInJs.has(code)) return 'warning';
  if (code === missingProperty) {
    // Of a union the part at hand may have it; `{}` and `never` are what TypeScript could not follow;
    // errors have a `code` here.
    const vague = messageChain.length > 0 || /on type '(?:\{\}|object|never|Error)'/u.test(text);
    return vague ? 'warning' : 'error';
  }
  const last = messageLines(diagnostic).at(-1) ?? '';
  const [, from = '', to = ''] =
    /(?:Type|Argument of type) '(.*)' is not assignable to (?:type|parameter of type) '(.*)'/u.exec(
      last,
    ) ?? [];
  // A text that is one of the allowed ones, as far as anybody can tell; a value that may be there.
  if (/^(?:string|number|boolean)$/u.test(from) && /^(?:"|-?\d|true|false)/u.test(to))
    return 'warning';
  const mayBeThere = /\| (?:undefined|null)\b|\b(?:undefined|null) \|/u.test(text);
  if (messageChain.length > 0 && /^(?:undefined|null)$/u.test(from) && mayBeThere) return 'warning';
  return 'error';
}
