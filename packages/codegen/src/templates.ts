import { compileTemplate, type Template } from './compile-template.ts';

/**
 * A template of this package as a function of its context. Nothing is escaped by the template:
 * every text in the context is already escaped for the place where it goes (escape.ts). Each is
 * compiled when it is first rendered.
 */
function template<Context>(name: string): (context: Context) => string {
  let render: Template | undefined;
  return (context) => {
    render ??= compileTemplate(name);
    return render(context);
  };
}

export const renderWrapper = template<{
  readonly doc: string;
  readonly identifier: string;
  /** The parameter with its type, or nothing. */
  readonly params: string;
  /** A type. */
  readonly result: string;
  /** Arguments of `callTool`. */
  readonly call: string;
  readonly declarations: string;
}>('wrapper');

export const renderIndex = template<{
  readonly doc: string;
  readonly tools: readonly {
    readonly identifier: string;
    readonly file: string;
    /** String literal: the tool's own name, where it is another. */
    readonly alias?: string;
  }[];
}>('index');

export const renderReadme = template<{
  readonly example: { readonly identifier: string; readonly folder: string };
  /** Lines without line breaks. */
  readonly servers: readonly string[];
  /** How many servers are not listed, as a text; empty where all are. */
  readonly left: string;
  readonly functions: string;
}>('readme');

export const renderGlobals = template<{ readonly declarations: readonly string[] }>('globals');
