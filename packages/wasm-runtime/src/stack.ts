import { originalPositionFor, type SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';

/** Name under which the guest evaluates a program; frames of anything else are the prelude's. */
const programUrl = 'program.js';
/** `new AsyncFunction` puts two lines before the body, and the prelude one. */
const linesBeforeBody = 3;
const maxFrames = 20;

/** Turns a position in the bundle into `file:line:column` of the agent's own. */
export type PositionMapper = (line: number, column: number) => string | undefined;

/**
 * @param map the bundle's source map, JSON; read when the first position is asked for. One from a
 * file may be anything: where it makes no sense there are no positions.
 */
export function positionMapper(map: string): PositionMapper {
  let traced: TraceMap | undefined;
  const original = (line: number, column: number) => {
    try {
      traced ??= new TraceMap(JSON.parse(map) as SourceMapInput);
      return originalPositionFor(traced, { line, column });
    } catch {
      return undefined;
    }
  };
  return (line, column) => {
    if (line <= linesBeforeBody || column < 1) return undefined;
    const found = original(line - linesBeforeBody, column - 1);
    if (typeof found?.source !== 'string') return undefined;
    return `${found.source}:${found.line}:${found.column + 1}`;
  };
}

/**
 * The engine's stack (`name@file:line:column`, a line each) in the form that agents know, with
 * positions in their own files. Lines that are not the program's are left out, so nothing of the
 * build or of the prelude shows. The text comes from the guest and may be forged; what does not
 * map is dropped.
 */
export function readableStack(
  error: { readonly name: string; readonly message: string; readonly stack: string },
  toPosition: PositionMapper,
): string {
  const lines: string[] = [];
  for (const text of error.stack.split('\n')) {
    const match = /^(async\*)?(.*)@([^@]*):(\d{1,9}):(\d{1,9})$/u.exec(text);
    if (match === null || match[3] !== programUrl) continue;
    const position = toPosition(Number(match[4]), Number(match[5]));
    if (position === undefined) continue;
    // The engine writes `outer/inner` for nested functions and `<` for those without a name; the
    // bundler calls a default export without one `<file>_default`.
    const name = (match[2] as string).split('/').at(-1) as string;
    const known =
      /^[\p{ID_Start}$_][\p{ID_Continue}$. ]*$/u.test(name) && !/^anonymous$|_default$/u.test(name);
    const prefix = match[1] === undefined ? '' : 'async ';
    lines.push(known ? `    at ${prefix}${name} (${position})` : `    at ${prefix}${position}`);
    if (lines.length === maxFrames) break;
  }
  return [`${error.name}: ${error.message}`, ...lines].join('\n');
}

/** `text` with the places of stacks that the program wrote into it (`program.js:line:column`). */
export function withOwnPositions(text: string, toPosition: PositionMapper): string {
  return text.replace(
    /(?<![\w/])program\.js:(\d{1,9}):(\d{1,9})(?!\d)/gu,
    (place, line, column) => toPosition(Number(line), Number(column)) ?? place,
  );
}
