const noRequire = 'import at the top of the program.';

/** What to use instead of names that programs expect from Node or a browser. */
export const instead: Readonly<Record<string, string>> = {
  Atomics: 'there is one thread, which needs no locks.',
  Blob: 'use a string or a Uint8Array.',
  Buffer:
    'use Uint8Array: its fromBase64, toBase64, fromHex and toHex, and TextEncoder and TextDecoder for text.',
  Bun: 'call tools, and readFile and writeFile for files.',
  Deno: 'call tools, and readFile and writeFile for files.',
  File: 'use readFile and writeFile.',
  FormData: 'there is no network: call a tool of a server.',
  Headers: 'there is no network: call a tool of a server.',
  Intl: 'use toLocaleString, toLocaleDateString and localeCompare, which know en-US and UTC.',
  ReadableStream: 'use arrays, or async generators.',
  Request: 'there is no network: call a tool of a server.',
  Response: 'there is no network: call a tool of a server.',
  SharedArrayBuffer: 'there is one thread: use ArrayBuffer.',
  Temporal: 'use Date, whose time zone is UTC.',
  WebAssembly: 'write it in TypeScript.',
  WebSocket: 'there is no network: call a tool of a server.',
  Worker: 'there is one thread: use Promise.all for calls at the same time.',
  XMLHttpRequest: 'there is no network: call a tool of a server.',
  __dirname: 'paths begin in /workspace.',
  __filename: 'paths begin in /workspace.',
  alert: 'use console.log.',
  axios: 'there is no network: call a tool of a server.',
  child_process: 'there are no processes: call a tool of a server.',
  document: 'there is no page: call a tool of a server.',
  exports: 'use export default.',
  fs: 'use readFile, writeFile and listFiles.',
  global: 'use globalThis.',
  localStorage: 'use getState and setState.',
  location: 'there is no page: the arguments of the run are in args.',
  module: 'use export default.',
  navigator: 'there is no browser.',
  os: 'there is no operating system.',
  path: 'join paths with template literals.',
  process: 'there is none: the arguments of the run are in args.',
  prompt: 'the arguments of the run are in args.',
  require: noRequire,
  self: 'use globalThis.',
  sessionStorage: 'use getState and setState.',
  window: 'use globalThis.',
};

/**
 * What to do about an error that a program ended with, where its cause is that the sandbox lacks
 * something; undefined for all others.
 */
export function hintFor(name: string, message: string): string | undefined {
  const missing = /^([\p{ID_Start}$_][\p{ID_Continue}$]{0,99}) is not defined$/u.exec(message)?.[1];
  if (name === 'ReferenceError' && missing !== undefined) {
    const known = Object.hasOwn(instead, missing) ? instead[missing] : undefined;
    return known === undefined
      ? 'Tools are imported from ./servers/<server>; /mcp-tools/globals.d.ts lists the globals.'
      : `The sandbox has no ${missing}: ${known}`;
  }
  if (name === 'ReferenceError' && message.startsWith('Error loading module ')) {
    return 'import() is not available in eval and new Function: import at the top of the program.';
  }
  // The bundler's text for a require() of what is no fixed path.
  if (message.startsWith('Calling `require` for ')) {
    return `The sandbox has no require: ${noRequire}`;
  }
  if (name === 'SyntaxError' && message === 'illegal character U+0040') {
    return 'The engine has no decorators: call the function instead.';
  }
  if (name === 'SyntaxError' && message === 'invalid property name in regular expression') {
    return 'Unicode properties (\\p{…}) work in regular expressions that are written as literals.';
  }
  return undefined;
}
