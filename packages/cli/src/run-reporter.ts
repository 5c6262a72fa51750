import type { WriteStream } from 'node:tty';
import type { BridgeEvent, ServerEvent } from '@org/bridge';
import { type LimitKind, plainText, type RunOutcome } from '@org/core';
import type { RunEvent } from '@org/wasm-runtime';
import { amount, bytes, count } from './amounts.ts';
import { plainLine, visibleText } from './plain-text.ts';

const remedies: Readonly<Record<LimitKind, string>> = {
  fuel: 'Look for an endless loop, or allow more with --fuel or --profile permissive.',
  memory: 'Keep less at one time, or allow more with --memory or --profile permissive.',
  wall: 'Allow more with --wall or --profile permissive.',
  toolCalls: 'Make fewer calls, or allow more with --profile permissive.',
  output: 'Return less: filter, count or cut before returning.',
  logs: 'Log less.',
  depth: 'Return a flatter value.',
};

function waitWords({ waitsFor, ms }: Extract<BridgeEvent, { type: 'waiting' }>): string {
  if (waitsFor === 'slot') return 'other calls of its server to end';
  return `its turn: its rate is used up for ${((ms ?? 0) / 1000).toFixed(1)} s`;
}

const plain = ['', ''] as const;
const dim = ['\u001b[2m', '\u001b[22m'] as const;

const shownName = 200;

/** A program can call a tool by any name; a real one is never cut. */
function cut(name: string): string {
  return name.length <= shownName ? name : `${name.slice(0, shownName)}…`;
}

/** Tells a person on stderr what a run does; on a terminal, also that it is still going. */
export class RunReporter {
  readonly #stream: WriteStream;
  readonly #enabled: boolean;
  readonly #startedAt = performance.now();
  readonly #ticker: NodeJS.Timeout | undefined;
  #calls = 0;
  /** The last word of a call on how far it is. */
  #underWay = '';
  /** What has to wait while the terminal is held. */
  #held: [text: string, style: readonly [string, string]][] | undefined;

  constructor(stream: WriteStream, enabled: boolean) {
    this.#stream = stream;
    this.#enabled = enabled;
    if (!enabled || !stream.isTTY) return;
    this.#ticker = setInterval(() => this.#progress(), 100);
    this.#ticker.unref();
  }

  #progress(): void {
    const ms = performance.now() - this.#startedAt;
    if (ms < 300 || this.#held !== undefined) return;
    this.#clear();
    const calls = this.#calls === 0 ? '' : `, ${this.#calls} calls`;
    const text = `running for ${(ms / 1000).toFixed(1)} s${calls}${this.#underWay}`;
    this.#stream.write(text.slice(0, Math.max(20, (this.#stream.columns || 80) - 1)));
  }

  #clear(): void {
    if (this.#ticker !== undefined) this.#stream.write('\r\u001b[K');
  }

  /** @param style what goes before and after it on a terminal */
  #line(text: string, style: readonly [string, string] = plain): void {
    if (!this.#enabled) return;
    if (this.#held !== undefined) {
      this.#held.push([text, style]);
      return;
    }
    this.#clear();
    const [before, after] = this.#stream.isTTY ? style : plain;
    this.#stream.write(`${before}${plainText(text)}${after}\n`);
  }

  /** Keeps the terminal still while a person is asked: a program's logs are not part of that. */
  hold(): Disposable {
    this.#clear();
    this.#held = [];
    return {
      [Symbol.dispose]: () => {
        const lines = this.#held ?? [];
        this.#held = undefined;
        for (const line of lines) this.#line(...line);
      },
    };
  }

  bridgeEvent(event: BridgeEvent): void {
    const name = visibleText(`${event.server}.${event.tool}`);
    // The run's logs tell of these.
    if (event.type === 'resultInvalid') return;
    if (event.type === 'waiting') {
      this.#line(`[waiting] ${name} waits for ${waitWords(event)}.`);
      return;
    }
    this.#line(`The definition of ${name} has changed since it was approved:`);
    for (const { part, before = '(none)', after = '(none)' } of event.changes) {
      this.#line(`  ${part}\n    was ${visibleText(before)}\n    is  ${visibleText(after)}`);
    }
    this.#line(`Approve it anew with --reapprove ${name} if you agree.`);
  }

  /** What a server says by itself: its log as a line, progress only where it can be replaced. */
  serverEvent({ server, kind, level, tool = '', text }: ServerEvent): void {
    if (kind === 'progress') {
      this.#underWay = `, ${plainLine(`${server}.${tool}: ${text}`)}`;
      return;
    }
    this.#line(
      `${visibleText(server)} [${level}] ${plainText(text).trimEnd().replaceAll('\n', '\n  ')}`,
      dim,
    );
  }

  event(event: RunEvent): void {
    if (event.type === 'call') {
      this.#calls++;
      this.#underWay = '';
      return;
    }
    const { level, message, fields } = event.log;
    const details = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
    // Further lines of a message are indented, so that none looks like a line of ours.
    this.#line(`[${level}] ${plainText(message).replaceAll('\n', '\n  ')}${details}`);
  }

  end(outcome: RunOutcome): void {
    clearInterval(this.#ticker);
    if (outcome.status === 'threw') this.#line(outcome.error.stack);
    if (outcome.status === 'aborted') this.#line(`Error: ${outcome.error.message}`);
    if (outcome.status === 'limit') {
      const { kind, allowed } = outcome.limit;
      this.#line(`Stopped: the limit ${kind} (${amount(kind, allowed)}) was reached.`);
      this.#line(remedies[kind]);
    }
    for (const { server, tool, status, ms, bytes: size } of outcome.calls) {
      const name = cut(plainLine(`${server}.${tool}`));
      this.#line(`  ${status.padEnd(7)} ${name} ${ms} ms, ${bytes(size)}`);
    }
    this.#summary(outcome);
  }

  /** Why a tool may be missing that is there: its server was not asked. */
  keptCatalogs(readAt: ReadonlyMap<string, Date>): void {
    for (const [server, date] of readAt) {
      const name = plainLine(server);
      this.#line(`The tools of ${name} are as they were read on ${date.toISOString()}.`);
      this.#line(`"mcp-cli introspect ${name}" reads them anew.`);
    }
  }

  #summary({ status, calls, usage }: RunOutcome): void {
    const { fuel, memoryBytes, wallMs, bytesFromTools, bytesReturned } = usage;
    // A program that did not begin used nothing worth a line.
    if (wallMs === 0) return;
    const parts = [
      // A run that was killed within its first step has no count to show.
      ...(fuel === 0 ? [] : [`fuel ${count(fuel)}`, `memory ${bytes(memoryBytes)}`]),
      `${wallMs} ms`,
      calls.length === 1 ? '1 call' : `${calls.length} calls`,
      `${bytes(bytesFromTools)} from tools`,
      `${bytes(bytesReturned)} returned`,
    ];
    this.#line(`${status}: ${parts.join(', ')}`);
  }
}
