/** What the bare engine has beyond ECMAScript, as far as the prelude touches it. */

declare class TextEncoder {
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  constructor(label?: string, options?: { ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
declare class DOMException extends Error {
  constructor(message: string, name: string);
}
declare class URL {
  constructor(url: unknown, base?: unknown);
}
declare const performance: { now(): number };
declare function queueMicrotask(callback: () => void): void;
