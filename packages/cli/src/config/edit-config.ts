import path from 'node:path';
import { readRegularFile } from '@org/bridge';
import { type JsonValue, SandboxError } from '@org/core';
import { applyEdits, modify, parse } from 'jsonc-parser';
import { replaceFile } from '../replace-file.ts';

export const ownConfig = '.mcp.json';
const maxFileBytes = 16 * 1024 * 1024;

/** A place in a configuration, such as `['mcpServers', 'github']`. */
export type ConfigPath = readonly string[];

/** A configuration file of the user's, whose comments and layout stay as they are. */
export class EditedConfig {
  readonly file: string;
  /** The file is not there until it is saved. */
  readonly isNew: boolean;
  #text: string;

  private constructor(file: string, text: string | undefined) {
    this.file = file;
    this.isNew = text === undefined;
    this.#text = text ?? '{}\n';
  }

  /**
   * The file need not be there; then it is made when it is saved.
   * @param file default: `.mcp.json` in the working folder
   * @throws SandboxError `CONFIG_INVALID`: it is no JSON, or no object
   */
  static async open(file: string = ownConfig): Promise<EditedConfig> {
    const bytes = await readRegularFile(file, maxFileBytes).catch((error) => {
      if (error.code === 'ENOENT') return undefined;
      throw new SandboxError('USAGE', `Cannot read ${file}: ${error.code}.`, { cause: error });
    });
    if (bytes === undefined) return new EditedConfig(file, undefined);
    const text = bytes.toString('utf8');
    const errors: object[] = [];
    const value = parse(text, errors as never, { allowTrailingComma: true });
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (errors.length > 0 || !isObject) {
      throw new SandboxError('CONFIG_INVALID', `${file} is no JSON object.`, {
        hint: 'Correct it first: mcp-cli server validate says where.',
      });
    }
    return new EditedConfig(file, text);
  }

  /** Name of the member that holds the servers: as the file has it, or as ours does. */
  get serversKey(): string {
    const servers = this.get(['servers']);
    return this.get(['mcpServers']) === undefined && servers !== undefined
      ? 'servers'
      : 'mcpServers';
  }

  /** Undefined where there is nothing. */
  get(at: ConfigPath): JsonValue | undefined {
    let value: unknown = parse(this.#text, [], { allowTrailingComma: true });
    for (const key of at) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
        return undefined;
      value = (value as Record<string, unknown>)[key];
    }
    return value as JsonValue | undefined;
  }

  /** @param value undefined takes it away */
  set(at: ConfigPath, value: JsonValue | undefined): void {
    if (at.some((key) => key === '__proto__')) {
      throw new SandboxError('USAGE', 'No member of a configuration is named __proto__.');
    }
    const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
    this.#text = applyEdits(this.#text, modify(this.#text, [...at], value, { formattingOptions }));
  }

  /**
   * As `save`, where the file is a configuration then.
   * @throws SandboxError `CONFIG_INVALID` with the place, and nothing is written
   */
  async saveIfValid(): Promise<void> {
    const { checkServerConfig } = await import('@org/bridge');
    checkServerConfig(this.#text, this.file);
    await this.save();
  }

  /** Whole or not at all. @throws SandboxError `USAGE` when the disk refuses */
  async save(): Promise<void> {
    const text = this.#text.endsWith('\n') ? this.#text : `${this.#text}\n`;
    await replaceFile(path.resolve(this.file), Buffer.from(text));
  }
}
