import { instead } from '@org/core';

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
    return `The sandbox has no require: ${instead.require}`;
  }
  if (name === 'SyntaxError' && message === 'illegal character U+0040') {
    return 'The engine has no decorators: call the function instead.';
  }
  if (name === 'SyntaxError' && message === 'invalid property name in regular expression') {
    return 'Unicode properties (\\p{…}) work in regular expressions that are written as literals.';
  }
  return undefined;
}
