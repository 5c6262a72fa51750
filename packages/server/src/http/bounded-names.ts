export interface ToolLabels {
  readonly server: string;
  readonly tool: string;
}

const other = 'other';

/** Names of tools as labels: those that are real, and of these only so many. */
export class BoundedNames {
  readonly #most: number;
  readonly #known = new Map<string, Set<string>>();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param isReal whether a call of this name has reached a tool. Before one has, the name counts as
   * `other`
   */
  labelsOf(server: string, tool: string, isReal: boolean): ToolLabels {
    const tools = this.#known.get(server);
    if (tools?.has(tool)) return { server, tool };
    if (!isReal || this.#count >= this.#most) {
      return { server: tools === undefined ? other : server, tool: other };
    }
    this.#count++;
    if (tools === undefined) this.#known.set(server, new Set([tool]));
    else tools.add(tool);
    return { server, tool };
  }
}
