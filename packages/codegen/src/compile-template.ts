import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';

export type Template = (context: unknown) => string;

/** How templates are compiled. Nothing is escaped by them (templates.ts). */
export const templateOptions = { noEscape: true, strict: true } as const;

/**
 * Reads and compiles a template, which ships as a file beside `dist`. A bundler that takes this
 * package in puts a module in this one's place that has the templates compiled.
 */
export function compileTemplate(name: string): Template {
  const file = new URL(`../src/templates/${name}.hbs`, import.meta.url);
  return Handlebars.compile(readFileSync(file, 'utf8'), templateOptions);
}
