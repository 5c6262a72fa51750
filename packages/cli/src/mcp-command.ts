import { Command } from '@oclif/core/command';
import { boolean, string } from '@oclif/core/flags';
import { didYouMean, plainText, SandboxError } from '@org/core';
import { exitCode, exitCodeOfError } from './exit-code.ts';
import { jsonText } from './plain-text.ts';
import type { ProjectTrustOptions } from './project-trust.ts';
import { StatusLine } from './status-line.ts';
import { styled } from './styled.ts';
import { personAt } from './terminal-questions.ts';

/** An error as `--json` shows it. */
export interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

export function errorDocument({ code, message, hint }: SandboxError): ErrorDocument {
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

/** What an outcome calls these errors of a program. */
const errorNames: Readonly<Record<string, string>> = {
  SYNTAX: 'SyntaxError',
  UNKNOWN_IMPORT: 'ImportError',
};

/** What oclif adds to the errors that its parser throws. */
interface ParserError extends Error {
  readonly oclif?: { readonly exit?: number };
  /** The flags that do not exist, as they were written. */
  readonly flags?: readonly string[];
}

/** How long an interrupted command may take to end; closing a server takes up to 1.5 s of it. */
const drainMs = 2_500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What all commands share: `--config`, `--json`, exit codes, interruption. */
export abstract class McpCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    config: string({
      char: 'c',
      helpValue: '<file>',
      summary: 'Server configuration ("mcpServers"). Default: .mcp.json in the working folder.',
    }),
    trust: boolean({
      summary: "Use the servers of the project's configuration files without asking.",
    }),
  };

  /** What a terminal shows while the command takes long; undefined for one that shows nothing. */
  static underWay: string | undefined = 'working';

  readonly #interruption = new AbortController();
  /** Of the terminal, where stdout is not one JSON document. */
  protected readonly statusLine = new StatusLine(process.stderr);

  /** A second signal ends the process at once, and so does time if something does not let go. */
  readonly #interrupt = () => {
    if (this.#interruption.signal.aborted) process.exit(exitCode.interrupted);
    this.#interruption.abort();
    setTimeout(() => process.exit(exitCode.interrupted), drainMs).unref();
  };

  /**
   * A signal that aborts when the user or the system wants the process to end. Until this is
   * called, and there is something to let go of, such a wish ends the process as usual.
   */
  protected interruption(): AbortSignal {
    for (const name of signals) process.off(name, this.#interrupt).on(name, this.#interrupt);
    return this.#interruption.signal;
  }

  protected override async init(): Promise<void> {
    await super.init();
    if (!this.jsonEnabled()) this.showStatus();
  }

  /** Begins the time that the status line shows. */
  protected showStatus(words = (this.ctor as typeof McpCommand).underWay): void {
    if (words === undefined) return;
    this.statusLine.show(() => words);
  }

  /** What decides whether the servers of the project's files may be used, and sees them asked. */
  protected atTerminal(
    { trust }: { readonly trust: boolean },
    person = personAt(process, () => this.statusLine.hold()),
  ): ProjectTrustOptions & { readonly onWait: (server: string) => Disposable } {
    return { trust, person, onWait: (server) => this.statusLine.waitFor(server) };
  }

  /** Comes after `run()` has let go of all servers. */
  protected override async finally(error: Error | undefined): Promise<void> {
    this.statusLine[Symbol.dispose]();
    for (const name of signals) process.off(name, this.#interrupt);
    await super.finally(error);
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${jsonText(json)}\n`);
  }

  protected override async catch(error: ParserError): Promise<void> {
    const told = this.#toSandboxError(error);
    process.exitCode = exitCodeOfError(told.code);
    if (this.jsonEnabled()) {
      this.logJson(this.errorDocument(told));
      return;
    }
    const label = styled('red', `${errorNames[told.code] ?? 'Error'}:`);
    process.stderr.write(`${label} ${plainText(told.message)}\n`);
    const more = [told.hint ?? '', told.code === 'INTERNAL' ? (error.stack ?? '') : ''];
    for (const line of more) if (line !== '') process.stderr.write(`${plainText(line)}\n`);
  }

  protected errorDocument(error: SandboxError): unknown {
    return errorDocument(error);
  }

  #toSandboxError(error: ParserError): SandboxError {
    if (error instanceof SandboxError) {
      const isNamed = this.argv.some((word) => /^(?:-c|--config)/u.test(word));
      return error.code === 'CONFIG_NOT_FOUND' && !isNamed ? withoutConfig(error) : error;
    }
    if (error.oclif?.exit === exitCode.usage) {
      const { baseFlags, flags: own, enableJsonFlag } = this.ctor;
      const names = Object.keys({ ...baseFlags, ...own, ...(enableJsonFlag && { json: true }) });
      const flags = names.map((name) => `--${name}`);
      const suggestion = didYouMean(error.flags?.[0] ?? '', flags);
      return new SandboxError('USAGE', `${parserMessage(error)}.${suggestion}`, {
        hint: `See ${this.config.bin} ${this.id?.replaceAll(':', ' ')} --help.`,
        cause: error,
      });
    }
    return new SandboxError('INTERNAL', error.message, {
      hint: 'This is a fault of mcp-cli. Please report it with the command and this text.',
      cause: error,
    });
  }
}

/** The error of one who has no configuration yet. */
function withoutConfig({ code, message, cause }: SandboxError): SandboxError {
  const hint =
    'mcp-cli config init makes one, and finds the servers of other programs; --config <file> names another.';
  return new SandboxError(code, message, { hint, cause });
}

/** Without the parser's pointer to --help, and its remark on flags that may be given repeatedly. */
function parserMessage({ message }: Error): string {
  return message.replace(/\.?(?:\n\nNote: --.*)?\nSee more help with --help$/su, '');
}

/** `promise`, or a refusal as soon as the signal aborts. */
export function unlessInterrupted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new SandboxError('ABORTED', 'Interrupted.'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
