import type { RunStatus } from '@org/runs';
import { styled } from '../styled.ts';

const styles = {
  running: 'cyan',
  suspended: 'yellow',
  lost: 'yellow',
  returned: 'green',
  threw: 'red',
  limit: 'red',
  aborted: 'red',
} as const satisfies Readonly<Record<RunStatus, string>>;

/** A text that begins with a status, in its colour where stdout has colours. */
export function paintStatus(text: string): string {
  const [, status = ''] = /^(\w+)/u.exec(text) ?? [];
  if (!Object.hasOwn(styles, status)) return text;
  return styled(styles[status as RunStatus], text, process.stdout);
}
