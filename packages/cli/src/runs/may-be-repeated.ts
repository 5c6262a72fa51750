import type { HostCall } from '@org/core';
import type { Toolbox } from '../toolbox.ts';

/**
 * Whether a call may be made twice: its tool only reads or is idempotent, as far as the catalogs tell
 * that the run has used.
 */
export function mayBeRepeated(opening: Promise<Toolbox>): (call: HostCall) => boolean {
  let toolbox: Toolbox | undefined;
  opening.then(
    (opened) => {
      toolbox = opened;
    },
    // Whoever opens it tells of that.
    () => {},
  );
  return ({ name, args: [server = '', tool = ''] }) =>
    name === 'callTool' && toolbox?.bridge.mayRepeat(server, tool) === true;
}
