import { SandboxError } from '@org/core';
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

const shownCharacters = 120;

/** The text of a configuration file, with positions in it. */
export class ConfigText {
  readonly #shownPath: string;
  readonly #text: string;

  constructor(shownPath: string, text: string) {
    this.#shownPath = shownPath;
    this.#text = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  }

  /**
   * The file's value as a tree, so that no object is built from keys that the file chooses.
   * @throws SandboxError `CONFIG_INVALID`
   */
  parse(): Node {
    const errors: ParseError[] = [];
    let root: Node | undefined;
    try {
      root = parseTree(this.#text, errors, { allowTrailingComma: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw this.invalid(0, 'less nesting: this file is nested too deeply', error);
    }
    const [first] = errors;
    if (first !== undefined) throw this.invalid(first.offset, expectation(first));
    if (root === undefined) throw this.invalid(0, 'an object with "mcpServers"');
    return root;
  }

  /** The number of the line that `offset` is in, from 1. */
  line(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length;
  }

  /** `CONFIG_INVALID` at `offset`: where, the line, and what was expected there. */
  invalid(offset: number, expected: string, cause?: unknown): SandboxError {
    const lineStart = this.#text.slice(0, offset).lastIndexOf('\n') + 1;
    const line = this.line(offset);
    const column = offset - lineStart + 1;
    return new SandboxError(
      'CONFIG_INVALID',
      `${this.#shownPath}:${line}:${column}: expected ${expected}.\n${this.#excerpt(lineStart, column)}`,
      { hint: `Correct line ${line} of ${this.#shownPath}.`, cause },
    );
  }

  /** The offending line with a mark below. Texts that may be secrets are masked. */
  #excerpt(lineStart: number, column: number): string {
    const line = /^[^\r\n]*/.exec(this.#text.slice(lineStart, lineStart + 100_000))?.[0] ?? '';
    const from = Math.max(0, column - 1 - shownCharacters / 2);
    // A key is a key; a string may be a secret, and so may a word of a file that is none of ours.
    const masked = line.replaceAll(
      /"((?:[^"\\]|\\.)*)("?)(\s*:)?|[^\s"{}[\],:]{6,}/g,
      (all: string, text?: string, end?: string, colon?: string) => {
        if (text === undefined) return '*'.repeat(all.length);
        return colon === undefined ? `"${'*'.repeat(text.length)}${end}` : all;
      },
    );
    const shown = masked.slice(from, from + shownCharacters).replaceAll(/\p{C}/gu, ' ');
    return `  ${shown}\n  ${' '.repeat(column - 1 - from)}^`;
  }
}

function expectation({ error }: ParseError): string {
  switch (printParseErrorCode(error)) {
    case 'CommaExpected':
      return 'a comma';
    case 'ColonExpected':
      return 'a colon';
    case 'PropertyNameExpected':
      return 'a property name in double quotes';
    case 'ValueExpected':
      return 'a value';
    case 'CloseBraceExpected':
      return 'a closing brace';
    case 'CloseBracketExpected':
      return 'a closing bracket';
    case 'EndOfFileExpected':
      return 'the end of the file';
    case 'UnexpectedEndOfString':
      return 'a closing double quote';
    case 'UnexpectedEndOfComment':
      return 'the end of the comment';
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return 'a number';
    case 'InvalidUnicode':
    case 'InvalidEscapeCharacter':
    case 'InvalidCharacter':
      return 'text without control characters and with valid escapes';
    default:
      return 'JSON: strings and names in double quotes, numbers, true, false, null';
  }
}
