import path from 'node:path';
import { type FieldNames, parseServerId, type SandboxError, type ServerId } from '@org/core';
import type { Node } from 'jsonc-parser';
import type { ConfigText } from './config-text.ts';
import { type Environment, expandVariables, hasVariables } from './config-variables.ts';
import type { FilterRules } from './filter/filter-rules.ts';
import { createRedact, type Redact } from './redact.ts';
import { secretsOfArguments, secretsOfUrl } from './secret-options.ts';

export type ServerType = 'stdio' | 'http' | 'sse';

/** What using a server means, as the file has it: variables are not filled in. Hostile text. */
export type Launch =
  | {
      readonly type: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      /** Left out: the project's folder. */
      readonly cwd?: string;
      /** Names only. */
      readonly env: readonly string[];
    }
  | {
      readonly type: 'http' | 'sse';
      readonly url: string;
      /** Names only. */
      readonly headers: readonly string[];
    };

/** One server of a configuration file, before its variables are filled in. */
export interface ServerEntry {
  readonly id: ServerId;
  readonly type: ServerType;
  readonly launch: Launch;
  readonly disabled: boolean;
  /** Where it stands: the file as it is shown, and the line. */
  readonly origin: string;
  /** What of its content an agent does not see. Left out: nothing is hidden. */
  readonly filter?: FilterRules;
  /** How names in its results are written for programs. Left out: as the server has them. */
  readonly fieldNames?: FieldNames;
  /**
   * Fills in the variables. Done when the server is used, so that a variable which one server
   * lacks does not stop another one.
   * @throws SandboxError `VARIABLE_UNSET`, or `CONFIG_INVALID` for a value that can't be used
   */
  resolve(): ResolvedServer;
}

/** A client that was registered by hand, and what it asks for. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Of this machine, where the registration names one. */
  readonly callbackPort?: number;
  readonly scope?: string;
}

/** All that connecting needs. Holds secrets: never print it. */
export type ResolvedServer = {
  readonly id: ServerId;
  /** Hides this server's secrets in a text, and makes it plain. */
  readonly redact: Redact;
} & (
  | {
      readonly type: 'stdio';
      /** The command as the file has it, before variables. */
      readonly shownCommand: string;
      readonly command: string;
      readonly args: readonly string[];
      /** Additions to the safe part of our own environment. */
      readonly env: Readonly<Record<string, string>>;
      /** Absolute. */
      readonly cwd: string;
    }
  | {
      readonly type: 'http' | 'sse';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly oauth?: OAuthClient;
    }
);

/** What the entries of one file share. */
export interface Context {
  readonly source: ConfigText;
  readonly shownPath: string;
  readonly folder: string;
  readonly env: Environment;
}

/**
 * The members of an object node in the order of the file.
 * @throws SandboxError `CONFIG_INVALID`: not an object, or a key twice
 */
export function objectOf(source: ConfigText, node: Node, expected: string): Map<string, Node> {
  if (node.type !== 'object') throw source.invalid(node.offset, expected);
  const members = new Map<string, Node>();
  for (const { children = [] } of node.children ?? []) {
    const [name, value] = children;
    if (name === undefined || value === undefined) continue;
    const key = String(name.value);
    if (members.has(key)) throw source.invalid(name.offset, `${JSON.stringify(key)} only once`);
    members.set(key, value);
  }
  return members;
}

/** @throws SandboxError `CONFIG_INVALID`: not the shape of a server */
export function parseEntry(context: Context, name: string, node: Node): ServerEntry {
  const { source } = context;
  const nameOffset = node.parent?.offset ?? node.offset;
  if (name === '__proto__') {
    throw source.invalid(nameOffset, 'another server name than "__proto__"');
  }
  let id: ServerId;
  try {
    id = parseServerId(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw source.invalid(nameOffset, `a usable server name. ${reason}`, error);
  }
  const fields = objectOf(source, node, `an object for the server ${JSON.stringify(name)}`);
  const type = parseType(source, fields, node);
  const disabled = fields.get('disabled');
  if (disabled !== undefined && disabled.type !== 'boolean') {
    throw source.invalid(disabled.offset, 'true or false for "disabled"');
  }
  const read = type === 'stdio' ? readStdio : readHttp(type);
  return {
    id,
    type,
    disabled: disabled?.value === true,
    origin: `${context.shownPath}:${source.line(nameOffset)}`,
    ...read(context, id, fields, node),
  };
}

function parseType(source: ConfigText, fields: Map<string, Node>, node: Node): ServerType {
  const type = fields.get('type');
  if (type === undefined) {
    if (fields.has('command')) return 'stdio';
    if (fields.has('url')) return 'http';
    throw source.invalid(node.offset, 'a "command" (stdio) or a "url" (Streamable HTTP)');
  }
  switch (type.value) {
    case 'stdio':
    case 'sse':
      return type.value;
    case 'http':
    case 'streamable-http':
      return 'http';
    default:
      throw source.invalid(type.offset, '"stdio", "http", "streamable-http" or "sse" for "type"');
  }
}

/** Expands texts of one server and remembers which of them are secrets. */
class Expansion {
  readonly #context: Context;
  readonly #id: ServerId;
  readonly #secrets = new Set<string>();

  constructor(context: Context, id: ServerId) {
    this.#context = context;
    this.#id = id;
  }

  get redact(): Redact {
    return createRedact(this.#secrets);
  }

  /** @param secret `whole`: the text is one; `values`: what its variables hold is; `no`: a path */
  text(node: Node, secret: 'whole' | 'values' | 'no'): string {
    const { shownPath, folder } = this.#context;
    const place = { server: this.#id, file: shownPath, folder };
    const { text, values } = expandVariables(String(node.value), this.#context.env, place);
    if (text.includes('\0')) throw this.invalid(node, 'text without NUL characters');
    if (secret === 'whole') this.#secrets.add(text);
    if (secret !== 'no') for (const value of values) this.#secrets.add(value);
    return text;
  }

  texts(nodes: ReadonlyMap<string, Node>): Record<string, string> {
    return Object.fromEntries([...nodes].map(([name, node]) => [name, this.text(node, 'whole')]));
  }

  arguments(nodes: readonly Node[]): string[] {
    const args = nodes.map((node) => this.text(node, 'values'));
    for (const secret of secretsOfArguments(args)) this.#secrets.add(secret);
    return args;
  }

  url(node: Node): string {
    const url = this.text(node, 'values');
    for (const secret of secretsOfUrl(url)) this.#secrets.add(secret);
    return url;
  }

  invalid(node: Node, expected: string): SandboxError {
    return this.#context.source.invalid(node.offset, expected);
  }
}

type Reader = (
  context: Context,
  id: ServerId,
  fields: Map<string, Node>,
  node: Node,
) => Pick<ServerEntry, 'launch' | 'resolve'>;

const readStdio: Reader = (context, id, fields, node) => {
  const { source, folder } = context;
  const command = requiredText(source, fields, 'command', node);
  const args = textList(source, fields.get('args'), 'args');
  const env = textMap(source, fields, 'env');
  const cwd = optionalText(source, fields, 'cwd');
  const launch: Launch = {
    type: 'stdio',
    command: String(command.value),
    args: args.map(({ value }) => String(value)),
    ...(cwd !== undefined && { cwd: String(cwd.value) }),
    env: [...env.keys()],
  };
  const resolve = (): ResolvedServer => {
    const expansion = new Expansion(context, id);
    return {
      id,
      type: 'stdio',
      shownCommand: String(command.value),
      command: expansion.text(command, 'no'),
      args: expansion.arguments(args),
      env: expansion.texts(env),
      cwd: cwd === undefined ? folder : path.resolve(folder, expansion.text(cwd, 'no')),
      redact: expansion.redact,
    };
  };
  return { launch, resolve };
};

const readHttp =
  (type: 'http' | 'sse'): Reader =>
  (context, id, fields, node) => {
    const { source } = context;
    const url = requiredText(source, fields, 'url', node);
    const headers = textMap(source, fields, 'headers');
    const oauth = readOAuth(source, fields.get('oauth'));
    if (!hasVariables(String(url.value))) checkUrl(source, url, String(url.value));
    const launch: Launch = { type, url: String(url.value), headers: [...headers.keys()] };
    const resolve = (): ResolvedServer => {
      const expansion = new Expansion(context, id);
      const text = expansion.url(url);
      checkUrl(source, url, text);
      const values = expansion.texts(headers);
      for (const [name, header] of headers) {
        if (!isHeader(name, values[name] ?? '')) {
          throw expansion.invalid(
            header,
            `a name and value that HTTP allows for the header ${JSON.stringify(name)}`,
          );
        }
      }
      const client = oauth?.(expansion);
      const { redact } = expansion;
      return { id, type, url: text, headers: values, redact, ...(client && { oauth: client }) };
    };
    return { launch, resolve };
  };

/** The `oauth` of an entry, whose variables are filled in later. */
function readOAuth(
  source: ConfigText,
  node: Node | undefined,
): ((expansion: Expansion) => OAuthClient) | undefined {
  if (node === undefined) return undefined;
  const fields = objectOf(source, node, 'an object for "oauth"');
  for (const [name, value] of fields) {
    if (['clientId', 'clientSecret', 'callbackPort', 'scope'].includes(name)) continue;
    const known = 'only "clientId", "clientSecret", "callbackPort", "scope" in "oauth"';
    throw source.invalid(value.parent?.offset ?? value.offset, known);
  }
  const id = requiredText(source, fields, 'clientId', node);
  const secret = optionalText(source, fields, 'clientSecret');
  const scope = optionalText(source, fields, 'scope');
  const port = fields.get('callbackPort');
  if (port !== undefined && !(Number.isInteger(port.value) && isPort(port.value))) {
    throw source.invalid(port.offset, 'a number from 1 to 65535 for "callbackPort"');
  }
  return (expansion) => ({
    clientId: expansion.text(id, 'no'),
    ...(secret !== undefined && { clientSecret: expansion.text(secret, 'whole') }),
    ...(scope !== undefined && { scope: expansion.text(scope, 'no') }),
    ...(port !== undefined && { callbackPort: Number(port.value) }),
  });
}

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;

function checkUrl(source: ConfigText, node: Node, text: string): void {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw source.invalid(node.offset, 'an http or https address for "url"');
  }
  if (url.username !== '' || url.password !== '') {
    throw source.invalid(node.offset, 'no user name or password in "url"; put them into "headers"');
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}

function optionalText(
  source: ConfigText,
  fields: Map<string, Node>,
  name: string,
): Node | undefined {
  const node = fields.get(name);
  if (node !== undefined && (node.type !== 'string' || node.value === '')) {
    throw source.invalid(node.offset, `text for ${JSON.stringify(name)}`);
  }
  return node;
}

function requiredText(
  source: ConfigText,
  fields: Map<string, Node>,
  name: string,
  parent: Node,
): Node {
  const node = optionalText(source, fields, name);
  if (node === undefined) {
    throw source.invalid(parent.offset, `an entry with ${JSON.stringify(name)}`);
  }
  return node;
}

export function textList(
  source: ConfigText,
  node: Node | undefined,
  name: string,
): readonly Node[] {
  if (node === undefined) return [];
  const quoted = JSON.stringify(name);
  if (node.type !== 'array') throw source.invalid(node.offset, `a list of texts for ${quoted}`);
  for (const item of node.children ?? []) {
    if (item.type !== 'string') throw source.invalid(item.offset, `text in ${quoted}`);
  }
  return node.children ?? [];
}

export function textMap(
  source: ConfigText,
  fields: Map<string, Node>,
  name: string,
): Map<string, Node> {
  const node = fields.get(name);
  if (node === undefined) return new Map();
  const members = objectOf(source, node, `an object of texts for ${JSON.stringify(name)}`);
  for (const [key, value] of members) {
    if (value.type !== 'string') {
      throw source.invalid(
        value.offset,
        `text for ${JSON.stringify(key)} in ${JSON.stringify(name)}`,
      );
    }
  }
  return members;
}
