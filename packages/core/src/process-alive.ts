/**
 * Whether a process of this machine runs, as far as can be seen from here: one of another user does.
 * Its id may have been given to another one since.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
