import { SandboxError } from './errors.ts';
import { isJsonObject } from './json.ts';
import { didYouMean } from './suggestion.ts';

/** How much a hit says: a line, how to call the tool, or its wrapper with the documentation. */
export const toolDetails = ['name', 'signature', 'full'] as const;
export type ToolDetail = (typeof toolDetails)[number];

export interface ToolSearchOptions {
  /** Default `signature`. */
  readonly detail?: ToolDetail;
  /** Most hits wanted, from 1 to 200. Default 2; 10 of detail `name`. */
  readonly limit?: number;
}

export const maxToolHits = 200;

/** Of the JSON of a search's options, in characters. */
const maxOptions = 1_000;

/**
 * The options of a search, as the JSON that a program passed.
 * @throws SandboxError `INVALID_PARAMS`
 */
export function parseSearchOptions(json: string): ToolSearchOptions {
  const refuse = (message: string): never => {
    throw new SandboxError('INVALID_PARAMS', message, {
      hint: "Write it like searchTools('send an e-mail', { detail: 'signature', limit: 5 }).",
    });
  };
  const raw: unknown = json.length <= maxOptions ? JSON.parse(json) : undefined;
  if (!isJsonObject(raw))
    return refuse('The options of searchTools must be an object of at most 1,000 characters.');
  for (const key of Object.keys(raw)) {
    if (key === 'detail' || key === 'limit') continue;
    const shown = JSON.stringify(key.slice(0, 64));
    refuse(`searchTools has no option ${shown}.${didYouMean(key, ['detail', 'limit'])}`);
  }
  const detail = toolDetails.find((one) => one === raw.detail);
  if (detail === undefined && Object.hasOwn(raw, 'detail')) {
    refuse(`The detail of searchTools must be one of ${toolDetails.join(', ')}.`);
  }
  const { limit } = raw;
  if (!Object.hasOwn(raw, 'limit')) return { ...(detail !== undefined && { detail }) };
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > maxToolHits) {
    return refuse(`The limit of searchTools must be a whole number from 1 to ${maxToolHits}.`);
  }
  return { ...(detail !== undefined && { detail }), limit };
}

/** One hit of `searchTools`. */
export interface ToolHit {
  readonly server: string;
  readonly tool: string;
  /** As the detail says: the first line of the server's description, a signature, or a wrapper. */
  readonly text: string;
}

export interface ToolSearchResult {
  /** Best first. */
  readonly hits: readonly ToolHit[];
  /** The lines that import the hits' functions, one a server; none of detail `name`. */
  readonly imports: readonly string[];
  /** How many tools match, shown or not. */
  readonly found: number;
  /** What is missing and how to get it; left out where nothing is. */
  readonly note?: string;
}

/** Port behind `searchTools(query, options)`. */
export type ToolSearch = (query: string, options?: ToolSearchOptions) => Promise<ToolSearchResult>;

/** What a tool is found by. Every text in it is the server's and cut to a few thousand characters. */
export interface ToolText {
  /** Its place in the list that a ranker is opened with. */
  readonly id: number;
  readonly server: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Names and choices of the parameters, apart by spaces. */
  readonly parameters: string;
  readonly parameterDescriptions: string;
}

/** A way to put tools in order for a query: by words, by embeddings. */
export interface ToolRanker {
  /** For messages. */
  readonly name: string;
  /**
   * Called once for each set of tools.
   * @returns a function that gives the ids of the tools that match a query, best first
   */
  open(tools: readonly ToolText[]): Promise<(query: string) => Promise<readonly number[]>>;
}
