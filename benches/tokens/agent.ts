/** What an agent reads and writes here that has a shell with `mcp-cli`. */
import {
  createToolSearch,
  generateServerFiles,
  listTools,
  serverFolders,
  showTool,
} from '@org/codegen';
import type { ServerCatalog, ToolSearch } from '@org/core';
import { describeHits } from '../../packages/cli/src/describe-hits.ts';
import { describeListing } from '../../packages/cli/src/describe-listing.ts';

/** What it has to be told once. */
export const instructions = `Tools are TypeScript functions. \`mcp-cli tools search '<what it does>'\` prints
imports and signatures. Write program.ts, a module whose default export is the result or an async
function that gives it; run \`mcp-cli execute program.ts --args '<JSON>'\`. Only the result comes
back. It has no network and no other files.
`;

/** Something it wrote, and what came back. */
export interface Exchange {
  readonly written: string;
  readonly read: string;
}

/** The commands that look tools up, over some catalogs. */
export class Lookup {
  readonly #search: ToolSearch;
  readonly #catalogs: readonly ServerCatalog[];
  readonly #folders;

  private constructor(catalogs: readonly ServerCatalog[], search: ToolSearch) {
    this.#catalogs = catalogs;
    this.#search = search;
    this.#folders = serverFolders(catalogs.map(({ server }) => server));
  }

  static async open(catalogs: readonly ServerCatalog[]): Promise<Lookup> {
    const folders = serverFolders(catalogs.map(({ server }) => server));
    return new Lookup(catalogs, await createToolSearch(catalogs, folders));
  }

  /** `tools search`, and the tools that it showed and those that it named, as `server.tool`. */
  async search(query: string) {
    const result = await this.#search(query);
    return {
      written: `mcp-cli tools search '${query}'`,
      read: describeHits(result, 'signature'),
      shown: result.hits.map(({ server, tool }) => `${server}.${tool}`),
      named: / Next: (.*?)\.(?: |$)/u.exec(result.note ?? '')?.[1]?.split(', ') ?? [],
    };
  }

  /** `tools list`. */
  list(): Exchange {
    const listing = listTools(this.#catalogs, this.#folders, 2_000);
    return { written: 'mcp-cli tools list', read: describeListing(listing, []) };
  }

  /** `tools show` of `server.tool`. */
  show(name: string): Exchange {
    const { catalog, folder, tool } = this.#find(name);
    const shown = showTool(catalog, folder, tool, 'signature');
    if (!shown) throw new Error(`There is no tool ${name}.`);
    return {
      written: `mcp-cli tools show ${name} --detail signature`,
      read: `${shown.import}\n\n${shown.hit.text}`,
    };
  }

  /** The wrapper of `server.tool`, in a folder that `generate` wrote. */
  wrapper(name: string): Exchange {
    const { catalog, folder, tool } = this.#find(name);
    const call = `callTool(${quoted(catalog.server)}, ${quoted(tool)}, `;
    const files: ReadonlyMap<string, string> = generateServerFiles(catalog, folder);
    for (const [path, read] of files) {
      if (read.includes(call)) return { written: `cat .${path}`, read };
    }
    throw new Error(`There is no wrapper of ${name}.`);
  }

  #find(name: string) {
    const dot = name.indexOf('.');
    const catalog = this.#catalogs.find(({ server }) => server === name.slice(0, dot));
    const folder = catalog && this.#folders.get(catalog.server);
    if (!catalog || !folder) throw new Error(`There is no server of ${name}.`);
    return { catalog, folder, tool: name.slice(dot + 1) };
  }
}

const quoted = (text: string) => `'${text}'`;
