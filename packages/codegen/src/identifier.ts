/** Reserved by the language in modules, or by TypeScript for types. */
const reserved = `
  abstract any arguments as asserts async await bigint boolean break case catch class const continue
  debugger declare default delete do else enum eval export extends false finally for function if
  implements import in infer instanceof interface is keyof let never new null number object package
  private protected public return satisfies static string super switch symbol this throw true try
  type typeof undefined unique unknown using var void while with yield`;

/**
 * Names that mean something where they stand: `callTool` and `Promise` in a wrapper, `then` on a
 * module that is awaited, the rest to bundlers or to anyone who puts the exports into an object.
 */
const special = `
  callTool Promise Object globalThis self NaN Infinity then constructor prototype __proto__
  require module exports __dirname __filename __esModule`;

const forbidden: ReadonlySet<string> = new Set(`${reserved} ${special}`.trim().split(/\s+/));

/** An ASCII identifier that may be declared and exported in a module; `name` itself if it is one. */
export function identifierFor(name: string): string {
  const ascii = name.replace(/[^A-Za-z0-9_$]/gu, '_');
  const started = /^[A-Za-z_$]/.test(ascii) ? ascii : `_${ascii}`;
  return forbidden.has(started) ? `${started}_` : started;
}

/** `search_issues` → `SearchIssues`: the stem of an identifier's type names. */
export function typeStem(identifier: string): string {
  const words = identifier.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const stem = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(stem) ? stem : `Tool${stem}`;
}
