import { type StartedEngine, startEngine } from '@org/wasm-runtime/start-engine';

/** Commands that run a program of the agent's, as they begin. */
const running = ['execute', 'run resume', 'run replay', 'run fork', 'skill run'];

let started: StartedEngine | undefined;

/** Starts the engine in threads of its own, while this one reads the command's code. */
export function startAhead(args: readonly string[]): void {
  const command = args.slice(0, 2).join(' ');
  const runs = running.some((name) => `${command} `.startsWith(`${name} `));
  if (runs && !args.includes('--help')) started = startEngine();
}

/** For the first sandbox of this process. */
export function engineAhead(): { readonly engine?: StartedEngine } {
  const engine = started;
  started = undefined;
  return engine === undefined ? {} : { engine };
}
