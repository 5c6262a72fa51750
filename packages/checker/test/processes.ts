import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Whether the process runs; one that has ended and that nobody waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const file = `/proc/${pid}/stat`;
  return !(existsSync(file) && readFileSync(file, 'utf8').includes(') Z '));
}

/** All processes below `of`, on Linux. */
export function descendants(of: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === `${of}`;
      } catch {
        return false;
      }
    })
    .map(Number);
  return children.flatMap((pid) => [pid, ...descendants(pid)]);
}
