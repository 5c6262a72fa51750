/** Runs a subject in a process of its own, which can be watched, and killed where nothing else helps. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How often the size of the process is looked at, in milliseconds. */
const watchMs = 5;

export interface ChildReport<Line> {
  /** What it printed, a JSON value in each line. */
  readonly lines: readonly Line[];
  /** Whether it was killed because it took longer than it may. */
  readonly killed?: 'deadline' | 'memory';
  /** Code or signal where it ended by itself, and not well. */
  readonly failed?: string;
  /** Largest resident set seen, in bytes; 0 where the system does not tell. */
  readonly peakBytes: number;
}

/** Resident set of process `pid` in bytes, 0 where it cannot be read. */
export function residentBytes(pid: number | 'self'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/**
 * Runs `node <file> <args>` to its end.
 * @param deadlineMs it is killed after so long, counted from its first line
 * @param memoryBytes it is killed when it is larger
 */
export async function runChild<Line>(
  file: string,
  args: readonly string[],
  { deadlineMs, memoryBytes = Infinity }: { deadlineMs: number; memoryBytes?: number },
): Promise<ChildReport<Line>> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ['--no-node-snapshot', path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let killed: ChildReport<Line>['killed'];
  const kill = (why: typeof killed) => {
    killed ??= why;
    child.kill('SIGKILL');
  };
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(child.pid as number));
    if (peakBytes > memoryBytes) kill('memory');
  }, watchMs);
  let deadline = setTimeout(kill, 30_000, 'deadline');
  const lines: Line[] = [];
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (lines.length === 0) {
      clearTimeout(deadline);
      deadline = setTimeout(kill, deadlineMs, 'deadline');
    }
    lines.push(JSON.parse(line) as Line);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once('close', (...ending) => resolve(ending));
  });
  clearInterval(watch);
  clearTimeout(deadline);
  const well = code === 0 || killed !== undefined;
  if (!well) console.error(complaint.trim().split('\n').slice(0, 6).join('\n'));
  return {
    lines,
    ...(killed === undefined ? {} : { killed }),
    ...(well ? {} : { failed: String(signal ?? `exit ${code}`) }),
    peakBytes,
  };
}
