import type { kept } from '../kept.ts';

/** How keeping it ends, and what there is then. */
export type Refusal = readonly [refused: string, left: string];

/** `new`: nothing was kept before; `again`: what is there would be replaced. */
interface Refusals {
  readonly full: { readonly new: Refusal; readonly again: Refusal };
  readonly readOnly: { readonly again: Refusal };
}

const both = (full: Refusals['full']): Refusals => ({ full, readOnly: { again: full.again } });
const ours = both({ new: ['CONFIG_INVALID', 'none'], again: ['CONFIG_INVALID', 'whole'] });
const bare: Refusals = {
  full: { new: ['ENOSPC', 'none'], again: ['ENOSPC', 'whole'] },
  readOnly: { again: ['EROFS', 'whole'] },
};
const notOpened = ['STORE_FAILED', 'STORE_FAILED'] as const;

/**
 * Row 25: the disk is full, or cannot be written. What was kept before is whole, nothing is kept in
 * part, and the process goes on. `kept`: it was not refused.
 */
export const refusals: Readonly<Partial<Record<keyof typeof kept, Refusals>>> = {
  // A program that cannot be kept runs all the same.
  'a compiled program': both({ new: ['nothing', 'whole'], again: ['kept', 'whole'] }),
  'observed types': bare,
  approvals: ours,
  'trusted configurations': ours,
  'tokens of OAuth': bare,
  // Its name is taken before the disk is asked.
  'a token of a client': both({ new: ['CONFIG_INVALID', 'none'], again: ['USAGE', 'whole'] }),
  // SQLite writes beside a database that it only reads.
  'recorded runs': both({ new: notOpened, again: notOpened }),
  'the text of a skill': both({ new: ['USAGE', 'SKILL_NOT_FOUND'], again: ['USAGE', 'whole'] }),
};
