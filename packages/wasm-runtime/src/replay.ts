import { canonicalJson, type HostCall, type RecordedCall } from '@org/core';
import type { Redoable, ReplayOptions } from './replay-options.ts';
import type { ScriptOptions } from './step-script.ts';

/** Calls with equal content, in their order; those before `next` are used. */
interface Equal {
  readonly calls: RecordedCall[];
  next: number;
}

/** Finds the recorded calls that a run makes again. */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #places = new Map<number, RecordedCall>();
  /** By name and arguments; where that counts. */
  readonly #contents = new Map<string, Equal>();
  readonly #used = new Set<RecordedCall>();
  #diverged = false;

  constructor(options: ReplayOptions) {
    this.#options = options;
    for (const call of options.run.calls) {
      this.#places.set(call.id, call);
      if (options.match !== 'content') continue;
      const key = contentOf(call);
      const equal = this.#contents.get(key);
      if (equal === undefined) this.#contents.set(key, { calls: [call], next: 0 });
      else equal.calls.push(call);
    }
  }

  /**
   * The recorded steps that a run can make again, and what comes after them.
   * @param done how many of them it has made
   */
  script(done: number): ScriptOptions {
    const { run, match, clock, seed } = this.#options;
    const isAnswered = (id: number) => this.#places.get(id)?.answer !== undefined;
    const rest = run.steps.slice(done);
    const cut = rest.findIndex(({ answers }) => !answers.every(isAnswered));
    const steps = cut === -1 ? rest : rest.slice(0, cut);
    return { steps, keepsElapsed: match !== 'content', clock, seed };
  }

  /** The recorded call that `call` is, and whether it is at its place. Each is found once. */
  find(call: HostCall): { readonly recorded: RecordedCall; readonly inPlace: boolean } | undefined {
    const placed = this.#places.get(call.id);
    if (placed !== undefined && !this.#used.has(placed) && isSame(placed, call)) {
      this.#used.add(placed);
      return { recorded: placed, inPlace: true };
    }
    const recorded = this.#nextEqual(call);
    if (recorded !== undefined) {
      this.#used.add(recorded);
      return { recorded, inPlace: false };
    }
    if (!this.#diverged) {
      this.#diverged = true;
      this.#options.onDivergence?.(call);
    }
    return undefined;
  }

  #nextEqual(call: HostCall): RecordedCall | undefined {
    if (this.#contents.size === 0) return undefined;
    const equal = this.#contents.get(contentOf(call));
    if (equal === undefined) return undefined;
    while (this.#used.has(equal.calls[equal.next] as RecordedCall)) equal.next++;
    return equal.calls[equal.next];
  }

  /** Whether the call is carried out beside taking its recorded answer. */
  redoes({ name, answer }: RecordedCall): boolean {
    return answer?.ok === true && (this.#options.redo ?? []).includes(name as Redoable);
  }

  /** Whether a call that was sent and never answered shall be sent again. */
  async sendsAgain(call: RecordedCall): Promise<boolean> {
    return (await this.#options.onUnknown?.(call)) === 'send';
  }
}

function isSame(one: HostCall, other: HostCall): boolean {
  return (
    one.name === other.name &&
    one.args.length === other.args.length &&
    one.args.every((arg, index) => arg === other.args[index])
  );
}

/** Equal parameters of a tool are equal however their JSON is written. */
function contentOf({ name, args }: HostCall): string {
  if (name !== 'callTool') return JSON.stringify([name, ...args]);
  const [server = '', tool = '', params = ''] = args;
  try {
    return JSON.stringify([name, server, tool, canonicalJson(JSON.parse(params))]);
  } catch {
    return JSON.stringify([name, server, tool, params]);
  }
}
