/** How much a hit says: a line, how to call the tool, or its wrapper with the documentation. */
export const toolDetails = ['name', 'signature', 'full'] as const;
export type ToolDetail = (typeof toolDetails)[number];

export interface ToolSearchOptions {
  /** Default `signature`. */
  readonly detail?: ToolDetail;
  /** Most hits wanted. Default 5; 10 of detail `name`. */
  readonly limit?: number;
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
