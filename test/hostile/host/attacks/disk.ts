import type { Damage } from '../damage.ts';
import type { kept } from '../kept.ts';

type Ends = Readonly<Partial<Record<Damage, string>>>;

/** All damages that leave something else than what was there. */
const replaced = (end: string) =>
  ({
    'it is empty': end,
    'half of it is missing': end,
    'a bit at its start is another': end,
    'it is text': end,
    'it is JSON of somebody else': end,
    'it has the key __proto__': end,
    'it has a hundred thousand levels': end,
    'it has a gigabyte': end,
    'it is a folder': end,
    'it is a link to a secret': end,
    'it is a link to itself': end,
    'it is a link to a device without end': end,
    'it is a pipe': end,
  }) as const satisfies Ends;

const missing = (end: string) => ({ 'it is gone': end, 'it was moved': end }) as const;
const open = (end: string) => ({ 'it is open to all': end }) as const;
const flipped = (end: string) => ({ 'a bit in its middle is another': end }) as const;

const ours = {
  ...missing('none'),
  ...replaced('CONFIG_INVALID'),
  ...flipped('CONFIG_INVALID'),
  ...open('whole'),
};
const ofSkill = {
  ...missing('SKILL_DAMAGED'),
  ...replaced('SKILL_DAMAGED'),
  ...flipped('SKILL_DAMAGED'),
  ...open('whole'),
};

/**
 * Rows 15, 16 and 25: what becomes of what the host keeps. `whole`: it is right all the same; `none`: as
 * if it had never been there; `other`: another text; or the code with which it is refused.
 */
export const diskEnds: Readonly<Record<keyof typeof kept, Ends>> = {
  'a compiled program': {
    'it is gone': 'whole',
    'half of it is missing': 'whole',
    'a bit in its middle is another': 'whole',
    'it is text': 'whole',
    'it is a link to a secret': 'whole',
    'it is a link to a device without end': 'whole',
    'it is a pipe': 'whole',
  },
  'observed types': {
    ...missing('none'),
    ...replaced('other'),
    'it is a folder': 'EISDIR',
    'it is a link to itself': 'ELOOP',
    ...open('whole'),
  },
  approvals: ours,
  'trusted configurations': ours,
  'tokens of OAuth': { ...missing('none'), ...replaced('none'), ...flipped('none') },
  'a token of a client': {
    ...missing('none'),
    ...replaced('CONFIG_INVALID'),
    ...open('CONFIG_INVALID'),
  },
  'recorded runs': {
    ...missing('whole'),
    ...replaced('STORE_DAMAGED'),
    'it is empty': 'whole',
    'it has a gigabyte': 'whole',
    'it is a folder': 'STORE_FAILED',
    'it is a link to itself': 'STORE_FAILED',
    'it is a link to a device without end': 'STORE_FAILED',
    'it is a pipe': 'STORE_FAILED',
    ...open('whole'),
  },
  'the configuration of a project': {
    ...missing('CONFIG_NOT_FOUND'),
    ...replaced('CONFIG_INVALID'),
    ...flipped('CONFIG_INVALID'),
  },
  'the text of a skill': ofSkill,
  'the module of a skill': ofSkill,
  'the metadata of a skill': ofSkill,
  'the digests of a skill': ofSkill,
  // The name of the file is the digest; what it holds only tells what has changed since.
  'the trust in a skill': { ...missing('none'), ...replaced('whole') },
};
