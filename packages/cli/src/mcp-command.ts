import { Command } from '@oclif/core/command';
import { string } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import { exitCode, exitCodeOfError } from './exit-code.ts';

/** An error as `--json` shows it. */
export interface ErrorDocument {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** What oclif adds to the errors that its parser throws. */
interface ParserError extends Error {
  readonly oclif?: { readonly exit?: number };
}

/** What all commands share: `--config`, `--json`, exit codes, interruption. */
export abstract class McpCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    config: string({
      char: 'c',
      helpValue: '<file>',
      summary: 'Server configuration ("mcpServers"). Default: .mcp.json in the working folder.',
    }),
  };

  /**
   * Runs `work`, which is told by its signal when the user or the system wants the process to
   * end. A second signal ends it at once.
   */
  protected async interruptible<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const controller = new AbortController();
    const stop = () => {
      if (controller.signal.aborted) process.exit(exitCode.interrupted);
      controller.abort();
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const name of signals) process.on(name, stop);
    try {
      return await work(controller.signal);
    } finally {
      for (const name of signals) process.off(name, stop);
    }
  }

  protected override async catch(error: ParserError): Promise<void> {
    const told = toSandboxError(error);
    process.exitCode = exitCodeOfError(told.code);
    if (this.jsonEnabled()) {
      this.logJson(this.errorDocument(told));
      return;
    }
    process.stderr.write(`Error: ${told.message}\n`);
    if (told.hint !== undefined) process.stderr.write(`${told.hint}\n`);
    if (told.code === 'INTERNAL') process.stderr.write(`${error.stack}\n`);
  }

  protected errorDocument({ code, message, hint }: SandboxError): unknown {
    return {
      error: { code, message, ...(hint === undefined ? {} : { hint }) },
    } satisfies ErrorDocument;
  }
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

function toSandboxError(error: ParserError): SandboxError {
  if (error instanceof SandboxError) return error;
  if (error.oclif?.exit === exitCode.usage) {
    return new SandboxError('USAGE', error.message.replace(/\nSee more help with --help$/u, ''), {
      hint: 'See the command with --help.',
      cause: error,
    });
  }
  return new SandboxError('INTERNAL', error.message, {
    hint: 'This is a fault of mcp-cli. Please report it with the command and this text.',
    cause: error,
  });
}
