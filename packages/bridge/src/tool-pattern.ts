import { methodMark, methodName, SandboxError, type ServerId, serverMethods } from '@org/core';
import { unknownServer } from './lookup.ts';

/** Which tools of which servers a rule is about. */
export interface ToolPattern {
  /** As the operator wrote it. */
  readonly text: string;
  /** Whether some tool of this server can match. */
  matchesServer(server: string): boolean;
  /** Whether all tools of the servers that match do, and all else that they can be asked for. */
  readonly everyTool: boolean;
  matches(server: string, tool: string): boolean;
}

const maxLength = 300;

/** The pieces between the `*` of a pattern. */
type Glob = readonly string[];

/**
 * The one syntax of patterns: `<server>.<tool>`, or `<server>` for all its tools. `*` stands for any
 * characters, also for none; `\` takes the next character as it is. The first dot ends the server,
 * unless the whole text is the name of a configured server. Case counts. What a server is asked for
 * besides tools is `<server>.@<method>`, such as `github.@resources/read` or `*.@*`; apart from those
 * only patterns for whole servers reach it.
 * @throws SandboxError `USAGE`: empty, too long, an empty part, or no such method; `UNKNOWN_SERVER`: its server has
 * no `*` and is not configured
 */
export function parseToolPattern(text: string, configured: readonly ServerId[]): ToolPattern {
  const refuse = (why: string): SandboxError =>
    new SandboxError(
      'USAGE',
      `Cannot use the pattern ${JSON.stringify(text.slice(0, 80))}: ${why}.`,
      {
        hint: 'Write it like github, github.*, github.get_issue or *.delete_*.',
      },
    );
  if (text.length > maxLength) throw refuse(`it has over ${maxLength} characters`);
  const known: readonly string[] = configured;
  const parts = known.includes(text) ? [[text]] : split(text);
  if (parts === undefined) throw refuse('it ends with a backslash');
  const [server, tool = ['', '']] = parts as [Glob, Glob?];
  if (isEmpty(server) || isEmpty(tool)) throw refuse('a part of it is empty');
  if (server.length === 1 && !known.includes(server[0] as string)) {
    throw unknownServer(server[0] as string, known);
  }
  const reachesMethod = serverMethods.some((method) => matchesGlob(tool, methodName(method)));
  if (isMarked(tool[0] as string) && !reachesMethod) {
    throw refuse(`behind ${methodMark} is one of ${serverMethods.join(', ')}, or * in it`);
  }
  const everyTool = tool.every((piece) => piece === '');
  return {
    text,
    matchesServer: (id) => matchesGlob(server, id),
    everyTool,
    matches: (id, name) =>
      (everyTool || isMarked(tool[0] as string) === isMarked(name)) &&
      matchesGlob(server, id) &&
      matchesGlob(tool, name),
  };
}

function isMarked(name: string): boolean {
  return name.startsWith(methodMark);
}

function isEmpty(glob: Glob): boolean {
  return glob.length === 1 && glob[0] === '';
}

/** Server and, after a dot, tool; undefined where the text ends within an escape. */
function split(text: string): Glob[] | undefined {
  const parts: string[][] = [['']];
  for (let index = 0; index < text.length; index++) {
    const pieces = parts.at(-1) as string[];
    const character = text.charAt(index);
    if (character === '*') pieces.push('');
    else if (character === '.' && parts.length === 1) parts.push(['']);
    else if (character !== '\\') pieces.push(`${pieces.pop()}${character}`);
    else if (++index < text.length) pieces.push(`${pieces.pop()}${text.charAt(index)}`);
    else return undefined;
  }
  return parts;
}

/** Linear for each piece: the leftmost place of every middle piece is as good as any other. */
function matchesGlob(pieces: Glob, text: string): boolean {
  const first = pieces[0] as string;
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) as string;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found === -1 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
