import { isJsonObject, type JsonValue } from '@org/core';
import { type FreshValues, markDigits } from '../stub/fresh-values.ts';
import type { Dependence, EffectAnswer } from './plan.ts';
import { childPointer } from './pointer.ts';

const hexRun = new RegExp(`[0-9a-f]{${markDigits},}`, 'gu');
const digitRun = /\d{7,}/gu;

/** A made-up value within a text. */
interface Occurrence {
  readonly start: number;
  readonly end: number;
  /** Left out where only a piece of it is there. */
  readonly answer?: EffectAnswer;
}

/** The values that stand for parts of answers, and where they are passed on. */
export class MadeUpValues {
  readonly #fresh: FreshValues;
  readonly #answers = new Map<string | number, EffectAnswer>();
  readonly #marked = new Map<string, string>();

  constructor(fresh: FreshValues) {
    this.#fresh = fresh;
  }

  /** Remembers which values of an answer were made up. */
  keep(effect: number, answer: JsonValue, path = ''): void {
    if (this.#fresh.has(answer)) {
      this.#answers.set(answer, { effect, path });
      const mark = typeof answer === 'string' ? answer.match(hexRun)?.at(-1) : undefined;
      if (mark !== undefined && typeof answer === 'string') {
        this.#marked.set(mark.slice(-markDigits), answer);
      }
      return;
    }
    for (const [key, member] of membersOf(answer)) {
      this.keep(effect, member, childPointer(path, key));
    }
  }

  /** Where `value` has what was made up; a value that has none gives none. */
  dependences(value: JsonValue, at = ''): readonly Dependence[] {
    if (typeof value === 'string') return this.#inText(value, at);
    if (typeof value === 'number') {
      const answer = this.#answers.get(value);
      return answer === undefined ? [] : [{ at, parts: [answer] }];
    }
    const members = membersOf(value);
    const named =
      !Array.isArray(value) && members.some(([key]) => this.#inText(key, '').length > 0);
    if (named) return [{ at, parts: [] }];
    return members.flatMap(([key, member]) => this.dependences(member, childPointer(at, key)));
  }

  #inText(text: string, at: string): readonly Dependence[] {
    const whole = this.#answers.get(text);
    if (whole !== undefined) return [{ at, parts: [whole] }];
    const found = [...this.#marks(text), ...this.#numbers(text)].sort(
      (one, other) => one.start - other.start,
    );
    if (found.length === 0) return [];
    const parts: (string | EffectAnswer)[] = [];
    let end = 0;
    for (const one of found) {
      // A piece of a value, or one within another.
      if (one.answer === undefined || one.start < end) return [{ at, parts: [] }];
      if (one.start > end) parts.push(text.slice(end, one.start));
      parts.push(one.answer);
      end = one.end;
    }
    if (end < text.length) parts.push(text.slice(end));
    return [{ at, parts }];
  }

  *#marks(text: string): Iterable<Occurrence> {
    for (const run of text.matchAll(hexRun)) {
      for (let index = 0; index + markDigits <= run[0].length; index++) {
        const whole = this.#marked.get(run[0].slice(index, index + markDigits));
        if (whole === undefined) continue;
        const mark = run.index + index;
        const start = mark - whole.lastIndexOf(text.slice(mark, mark + markDigits));
        const end = start + whole.length;
        const answer = text.slice(Math.max(0, start), end) === whole && this.#answers.get(whole);
        yield answer ? { start, end, answer } : { start: mark, end: mark + markDigits };
        index += markDigits - 1;
      }
    }
  }

  *#numbers(text: string): Iterable<Occurrence> {
    for (const run of text.matchAll(digitRun)) {
      const answer = this.#answers.get(Number(run[0]));
      const inMark = /[0-9a-f]/u.test(
        text.charAt(run.index - 1) + text.charAt(run.index + run[0].length),
      );
      if (answer === undefined || inMark) continue;
      yield { start: run.index, end: run.index + run[0].length, answer };
    }
  }
}

function membersOf(value: JsonValue): readonly (readonly [string, JsonValue])[] {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item] as const);
  return isJsonObject(value) ? Object.entries(value) : [];
}
