import type { Damage } from '../damage.ts';
import { damages } from '../damage.ts';
import type { kept } from '../kept.ts';

type Ends = Readonly<Record<Damage, string>>;

export const diskEnds = {} as Record<keyof typeof kept, Ends>;
for (const name of ['a compiled program','observed types','approvals','trusted configurations','tokens of OAuth','a token of a client','recorded runs','the configuration of a project','the text of a skill','the module of a skill','the metadata of a skill','the digests of a skill','the trust in a skill'] as const)
  diskEnds[name] = Object.fromEntries(Object.keys(damages).map((one) => [one, '?'])) as Ends;
