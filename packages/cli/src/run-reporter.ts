import type { WriteStream } from 'node:tty';
import type { styleText } from 'node:util';
import type { BridgeEvent, ServerEvent } from '@org/bridge';
import {
  type CallRecord,
  count,
  counted,
  type LimitKind,
  plainText,
  type RunOutcome,
} from '@org/core';
import type { RunEvent } from '@org/wasm-runtime';
import { amount, bytes } from './amounts.ts';
import { plainLine, visibleText } from './plain-text.ts';
import { StatusLine } from './status-line.ts';
import { styled } from './styled.ts';

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

type Style = Parameters<typeof styleText>[0];

const callStyles: Readonly<Partial<Record<CallRecord['status'], Style>>> = {
  failed: 'red',
  refused: 'yellow',
  unknown: 'magenta',
};

const shownName = 200;

/** A program can call a tool by any name; a real one is never cut. */
function cut(name: string): string {
  return name.length <= shownName ? name : `${name.slice(0, shownName)}…`;
}

/** Tells a person on stderr what a run does; on a terminal, also that it is still going. */
export class RunReporter {
  readonly #stream: WriteStream;
  readonly #enabled: boolean;
  readonly #line: StatusLine;
  #calls = 0;
  /** The last word of a call on how far it is. */
  #underWay = '';
  /** What has to wait while the terminal is held. */
  #held: [text: string, style: Style | undefined][] | undefined;

  constructor(stream: WriteStream, enabled: boolean, line = new StatusLine(stream)) {
    this.#stream = stream;
    this.#enabled = enabled;
    this.#line = line;
  }

  /** Of a run from now on. */
  begin(): void {
    this.#calls = 0;
    this.#underWay = '';
    if (this.#enabled) this.#line.show(() => this.#progress());
  }

  #progress(): string {
    const calls = this.#calls === 0 ? '' : `, ${counted(this.#calls, 'call')}`;
    return `running${calls}${this.#underWay}`;
  }

  /** @param style where the terminal has one */
  #tell(text: string, style?: Style): void {
    if (!this.#enabled) return;
    if (this.#held !== undefined) {
      this.#held.push([text, style]);
      return;
    }
    const shown = plainText(text);
    const painted = style === undefined ? shown : styled(style, shown, this.#stream);
    this.#stream.write(`${painted}\n`);
  }

  /** Keeps the terminal still while a person is asked: a program's logs are not part of that. */
  hold(): Disposable {
    const still = this.#line.hold();
    this.#held = [];
    return {
      [Symbol.dispose]: () => {
        still[Symbol.dispose]();
        const lines = this.#held ?? [];
        this.#held = undefined;
        for (const line of lines) this.#tell(...line);
      },
    };
  }

  bridgeEvent(event: BridgeEvent): void {
    const name = visibleText(`${event.server}.${event.tool}`);
    // The run's logs tell of these.
    if (event.type === 'resultInvalid') return;
    if (event.type === 'waiting') {
      this.#tell(`[waiting] ${name} waits for ${waitWords(event)}.`);
      return;
    }
    this.#tell(`The definition of ${name} has changed since it was approved:`);
    for (const { part, before = '(none)', after = '(none)' } of event.changes) {
      this.#tell(`  ${part}\n    was ${visibleText(before)}\n    is  ${visibleText(after)}`);
    }
    this.#tell(`Approve it anew with --reapprove ${name} if you agree.`);
  }

  /** What a server says by itself: its log as a line, progress only where it can be replaced. */
  serverEvent({ server, kind, level, tool = '', text }: ServerEvent): void {
    if (kind === 'progress') {
      this.#underWay = `, ${plainLine(`${server}.${tool}: ${text}`)}`;
      return;
    }
    this.#tell(
      `${visibleText(server)} [${level}] ${plainText(text).trimEnd().replaceAll('\n', '\n  ')}`,
      'dim',
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
    const style = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : undefined;
    this.#tell(`[${level}] ${plainText(message).replaceAll('\n', '\n  ')}${details}`, style);
  }

  end(outcome: RunOutcome): void {
    this.#line[Symbol.dispose]();
    if (outcome.status === 'threw') this.#tell(outcome.error.stack, 'red');
    if (outcome.status === 'aborted') this.#tell(`Error: ${outcome.error.message}`, 'red');
    if (outcome.status === 'limit') {
      const { kind, allowed } = outcome.limit;
      this.#tell(`Stopped: the limit ${kind} (${amount(kind, allowed)}) was reached.`, 'red');
      this.#tell(remedies[kind]);
    }
    for (const { server, tool, status, ms, bytes: size } of outcome.calls) {
      const name = cut(plainLine(`${server}.${tool}`));
      this.#tell(`  ${status.padEnd(7)} ${name} ${ms} ms, ${bytes(size)}`, callStyles[status]);
    }
    this.#summary(outcome);
  }

  /** Why a tool may be missing that is there: its server was not asked. */
  keptCatalogs(readAt: ReadonlyMap<string, Date>): void {
    for (const [server, date] of readAt) {
      const name = plainLine(server);
      this.#tell(`The tools of ${name} are as they were read on ${date.toISOString()}.`);
      this.#tell(`"mcp-cli introspect ${name}" reads them anew.`);
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
      counted(calls.length, 'call'),
      `${bytes(bytesFromTools)} from tools`,
      `${bytes(bytesReturned)} returned`,
    ];
    this.#tell(`${status}: ${parts.join(', ')}`);
  }
}
