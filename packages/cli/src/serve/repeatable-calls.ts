import type { PinnedBridge } from '@org/bridge';
import type { HostCall, RecordedCall, ServerId } from '@org/core';

/** Which calls may be made again of which it is not known if they took effect. */
export class RepeatableCalls {
  readonly #pinned: () => PinnedBridge;
  readonly #known = new Map<string, PinnedBridge>();

  /** @param pinned a view of the servers that has seen none of their catalogs */
  constructor(pinned: () => PinnedBridge) {
    this.#pinned = pinned;
  }

  /** Reads the definitions of the tools of calls that were never answered, as they are now. */
  async look(calls: readonly RecordedCall[]): Promise<void> {
    const open = calls.filter(({ name, sent, answer }) => isTool(name) && sent && !answer);
    const servers = new Set(open.map(({ args }) => args[0] ?? ''));
    const reading = Array.from(servers, async (server) => {
      const view = this.#pinned();
      // Of a server that cannot be reached nothing is known, so nothing is repeated.
      this.#known.delete(server);
      await view.catalog(server as ServerId).then(
        () => this.#known.set(server, view),
        () => {},
      );
    });
    await Promise.all(reading);
  }

  readonly mayRetry = ({ name, args: [server = '', tool = ''] }: HostCall): boolean =>
    isTool(name) && this.#known.get(server)?.mayRepeat(server, tool) === true;
}

const isTool = (name: string): boolean => name === 'callTool';
