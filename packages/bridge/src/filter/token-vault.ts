import { SandboxError } from '@org/core';
import { createToken } from './token.ts';

export interface HiddenValue {
  readonly kind: string;
  /** A number's digits as the JSON text had them. */
  readonly text: string;
  readonly isNumber: boolean;
}

export interface VaultBounds {
  readonly values: number;
  /** Of values and tokens, as UTF-16 in memory. */
  readonly bytes: number;
}

export const defaultVaultBounds: VaultBounds = Object.freeze({
  values: 100_000,
  bytes: 32 * 1024 * 1024,
});

/** The values that one session does not see, by their tokens. Equal values have equal tokens. */
export class TokenVault {
  readonly #bounds: VaultBounds;
  readonly #tokens = new Map<string, string>();
  readonly #values = new Map<string, HiddenValue>();
  #bytes = 0;

  constructor(bounds: VaultBounds) {
    this.#bounds = bounds;
  }

  /** @throws SandboxError `QUOTA_EXCEEDED`: the vault is full */
  tokenFor(value: HiddenValue): string {
    const key = `${value.kind}:${value.isNumber ? 'n' : 's'}:${value.text}`;
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const token = createToken(value.kind);
    const bytes = 2 * (key.length + value.text.length + 2 * token.length);
    if (this.#values.size >= this.#bounds.values || this.#bytes + bytes > this.#bounds.bytes) {
      throw new SandboxError(
        'QUOTA_EXCEEDED',
        'The result has more personal data and secrets than the filter can keep for a session.',
        {
          hint: 'If the call changes something, it has done so. Ask for less, or begin a new session.',
        },
      );
    }
    // A copy: a slice would keep the whole text alive that it was cut from.
    const text = Buffer.from(value.text, 'utf16le').toString('utf16le');
    this.#bytes += bytes;
    this.#tokens.set(`${value.kind}:${value.isNumber ? 'n' : 's'}:${text}`, token);
    this.#values.set(token, { ...value, text });
    return token;
  }

  value(token: string): HiddenValue | undefined {
    return this.#values.get(token);
  }

  clear(): void {
    this.#tokens.clear();
    this.#values.clear();
    this.#bytes = 0;
  }
}
