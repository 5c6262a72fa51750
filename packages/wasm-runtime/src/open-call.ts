import type { Frame } from './frames.ts';
import type { FrozenCall } from './frozen-run.ts';

/** A host call that is not answered yet. */
export interface OpenCall {
  readonly controller: AbortController;
  readonly frame: Frame;
  readonly name: string;
  /** Whether it has gone out of our hands; until then it can be withdrawn. */
  sent: boolean;
  /** Of its arguments, which the host holds until it is answered. */
  readonly bytes: number;
  readonly madeAt: number;
}

/** The call as a snapshot keeps it. */
export function frozenCall(id: number, { frame, name, madeAt }: OpenCall): FrozenCall {
  const fields = [...frame.fields];
  if (name === 'sleep') {
    // What is left of a timer, so that being frozen does not let it run out or begin anew.
    const left = Number(fields[1]) - (performance.now() - madeAt);
    fields[1] = String(Math.max(0, left));
  }
  return { id, fields };
}
