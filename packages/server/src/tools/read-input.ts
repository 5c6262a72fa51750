import {
  didYouMean,
  exceededBound,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Limits,
  SandboxError,
  valueBounds,
} from '@org/core';

const maxCode = 1_000_000;
const maxArgs = 1_000_000;
const maxText = 1_000;
const limitNames = ['wallMs', 'toolCalls', 'fuel', 'memoryBytes'] as const;

const refused = (message: string, hint?: string): SandboxError =>
  new SandboxError('INVALID_PARAMS', message, hint === undefined ? {} : { hint });

/** Reads what a tool is called with. Every method throws SandboxError `INVALID_PARAMS`. */
export class ToolInput {
  readonly #tool: string;
  readonly #input: JsonObject;

  /** @param names of the parameters that there are */
  constructor(tool: string, input: unknown, names: readonly string[]) {
    if (!isJsonObject(input)) throw refused(`The arguments of ${tool} must be an object.`);
    for (const key of Object.keys(input)) {
      if (names.includes(key)) continue;
      const shown = JSON.stringify(key.slice(0, 64));
      throw refused(
        `${tool} has no parameter ${shown}.${didYouMean(key, names)}`,
        `It has ${names.join(', ')}.`,
      );
    }
    this.#tool = tool;
    this.#input = input;
  }

  #own(name: string): JsonValue | undefined {
    const value = Object.hasOwn(this.#input, name) ? this.#input[name] : undefined;
    return value === null ? undefined : value;
  }

  #wrong(name: string, wanted: string): SandboxError {
    return refused(`${name} of ${this.#tool} must be ${wanted}.`);
  }

  /** A program; the fence is taken off that agents put around code. */
  code(): string {
    const code = this.optionalCode();
    if (code === undefined || code.trim() === '') {
      throw refused(
        `${this.#tool} needs code: the text of a program.`,
        'Write it like {"code": "return 6 * 7"}.',
      );
    }
    return code;
  }

  optionalCode(): string | undefined {
    const code = this.#own('code');
    if (code === undefined) return undefined;
    if (typeof code !== 'string') throw this.#wrong('code', 'a text');
    if (code.length > maxCode) throw this.#wrong('code', `at most ${maxCode} characters`);
    return /^\s*```[a-z]*\n([\s\S]*?)\n?```\s*$/i.exec(code)?.[1] ?? code;
  }

  text(name: string, example: string): string {
    const text = this.optionalText(name);
    if (text !== undefined && text.trim() !== '') return text;
    throw refused(`${this.#tool} needs ${name}.`, `Write it like {"${name}": "${example}"}.`);
  }

  optionalText(name: string): string | undefined {
    const text = this.#own(name);
    if (text === undefined) return undefined;
    if (typeof text !== 'string' || text.length > maxText) {
      throw this.#wrong(name, `a text of at most ${maxText} characters`);
    }
    return text;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const choice = choices.find((one) => one === text);
    if (choice === undefined) {
      throw this.#wrong(name, choices.map((one) => JSON.stringify(one)).join(' or '));
    }
    return choice;
  }

  whole(name: string, most: number): number | undefined {
    const number = this.#own(name);
    if (number === undefined) return undefined;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) {
      throw this.#wrong(name, 'a whole number from 1');
    }
    return Math.min(number, most);
  }

  /** Arguments of a program; also as the text of their JSON, which some clients send. */
  args(): JsonObject {
    const args = this.#own('args');
    if (args === undefined) return {};
    const json = typeof args === 'string' ? args : jsonOf(args);
    if (json === undefined || json.length > maxArgs || exceededBound(json, valueBounds)) {
      throw this.#wrong('args', `an object of at most ${maxArgs} characters of JSON`);
    }
    const value = typeof args === 'string' ? parsed(json) : args;
    if (!isJsonObject(value)) throw this.#wrong('args', 'an object');
    return value;
  }

  texts(name: string, most: number): readonly string[] {
    const texts = this.#own(name);
    if (texts === undefined) return [];
    const list = typeof texts === 'string' ? [texts] : texts;
    if (
      !Array.isArray(list) ||
      list.length > most ||
      !list.every((text) => typeof text === 'string' && text.length <= maxText)
    ) {
      throw this.#wrong(name, `a list of at most ${most} texts`);
    }
    return list;
  }

  /** A session's name. @param preset that of a client that names none */
  session(preset: string): string {
    const name = this.optionalText('session') ?? preset;
    if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) return name;
    throw this.#wrong('session', 'up to 64 of a-z, 0-9 and "-"');
  }

  /** Clamped to `most`. */
  limits(most: Limits): Partial<Limits> {
    const wanted = this.#own('limits');
    if (wanted === undefined) return {};
    if (!isJsonObject(wanted)) throw this.#wrong('limits', 'an object such as {"wallMs": 10000}');
    const read = new ToolInput(`limits of ${this.#tool}`, wanted, limitNames);
    const limits = limitNames.map((name) => [name, read.whole(name, most[name])] as const);
    return Object.fromEntries(limits.filter(([, value]) => value !== undefined));
  }
}

/** Undefined for what is nested too deeply to be written. */
function jsonOf(value: JsonValue): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
