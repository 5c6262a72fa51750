import { SandboxError } from './errors.ts';
import { methodMark } from './server-method.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A server's key in the user's configuration. Never what the server calls itself. */
export type ServerId = Branded<'ServerId'>;
/** A tool's name exactly as its server spells it; case-sensitive. */
export type ToolName = Branded<'ToolName'>;
/** Name of a skill and of its folder: 1–64 of `[a-z0-9-]`. */
export type SkillId = Branded<'SkillId'>;
/** An absolute, normalised path of the virtual file system; `/` separates, no trailing slash. */
export type VfsPath = Branded<'VfsPath'>;

const maxNameLength = 128;
const maxPathLength = 1024;

// Control, format (bidi, zero-width, tags), private-use and unassigned characters and lone
// surrogates: a reader cannot see them, so a name that carries one can pass for another name.
const invisible = /[\p{C}\p{DI}\u2028\u2029]/u;

/** `text` in quotes, with what cannot be seen written as its code point. */
function visible(text: string): string {
  const asCodePoint = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return JSON.stringify(text).replace(new RegExp(invisible, 'gu'), asCodePoint);
}

function parseName(kind: string, text: string): string {
  if (text.length === 0) throw new SandboxError('INVALID_NAME', `A ${kind} must not be empty.`);
  if (text.length > maxNameLength) {
    throw new SandboxError(
      'INVALID_NAME',
      `A ${kind} has at most ${maxNameLength} characters, this one has ${text.length}.`,
    );
  }
  if (invisible.test(text)) {
    throw new SandboxError(
      'INVALID_NAME',
      `A ${kind} must not contain control or invisible characters: ${visible(text)}.`,
    );
  }
  return text;
}

/** @throws SandboxError `INVALID_NAME`: empty, over 128 characters, or with invisible characters */
export function parseServerId(text: string): ServerId {
  return parseName('server name', text) as ServerId;
}

/**
 * @throws SandboxError `INVALID_NAME`: empty, over 128 characters, with invisible characters, or
 * with the `@` at its beginning that marks what is no tool
 */
export function parseToolName(text: string): ToolName {
  if (text.startsWith(methodMark)) {
    throw new SandboxError('INVALID_NAME', `A tool name must not begin with ${methodMark}.`);
  }
  return parseName('tool name', text) as ToolName;
}

const skillName = /^[a-z0-9]+(?:-[a-z0-9]+)*$/u;
/** Names that mean a device on Windows, whatever follows them. */
const deviceName = /^(?:con|prn|aux|nul|(?:com|lpt)[0-9])$/u;

/**
 * The one parser of skill names, which are folder names too (Agent Skills, `name`).
 * @throws SandboxError `INVALID_NAME`: empty, over 64 characters, others than `a-z`, `0-9` and
 * single hyphens between them, or a device of Windows
 */
export function parseSkillId(text: string): SkillId {
  if (text.length <= 64 && skillName.test(text) && !deviceName.test(text)) return text as SkillId;
  const shown = visible(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  throw new SandboxError('INVALID_NAME', `A skill cannot be named ${shown}.`, {
    hint: 'A name has 1 to 64 characters: a to z, 0 to 9, and single hyphens between them.',
  });
}

/** Where relative paths of a program's file calls begin, and the only place it can write to. */
export const workspaceRoot = '/workspace' as VfsPath;
/** Where folders of the host are mounted. */
export const mountsRoot = '/mnt' as VfsPath;
/** Where the generated wrappers are; a program stands here, so that `./servers/x` resolves. */
export const toolsRoot = '/mcp-tools' as VfsPath;

/**
 * The one parser of virtual paths. `.` and `..` are resolved within the root; nothing is decoded.
 * @param base where a relative `text` begins
 * @throws SandboxError `INVALID_PATH`: leaves the root, over 1,024 characters, a backslash, a URL
 * scheme, a percent-encoded separator or dot, control or invisible characters, or characters that
 * only look like `.`, `/` or `\`
 */
export function parseVfsPath(text: string, base: VfsPath = workspaceRoot): VfsPath {
  const refuse = (why: string): never => {
    const shown = visible(text.length > 80 ? `${text.slice(0, 80)}…` : text);
    throw new SandboxError('INVALID_PATH', `Cannot use the path ${shown}: ${why}.`, {
      hint: 'Write it like /workspace/notes.txt.',
    });
  };
  if (text.length > maxPathLength) refuse(`it has over ${maxPathLength} characters`);
  if (invisible.test(text)) refuse('it contains control or invisible characters');
  if (text.includes('\\')) refuse('it contains a backslash');
  if (/^[a-z][a-z0-9+.-]*:/iu.test(text)) refuse('it is a URL or has a drive letter');
  if (/%(?:2e|2f|5c|00)/iu.test(text)) refuse('it contains an encoded separator or dot');
  // A character that compatibility normalisation turns into a separator or dot is not a name.
  const folded = text.normalize('NFKC');
  for (const separator of ['.', '/', '\\']) {
    if (folded.split(separator).length !== text.split(separator).length) {
      refuse('it contains a character that only looks like a separator or dot');
    }
  }
  const segments = text.startsWith('/') ? [] : base.split('/').filter((part) => part !== '');
  for (const segment of text.normalize('NFC').split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) refuse('it leaves the root');
  }
  return `/${segments.join('/')}` as VfsPath;
}
