import type { Row } from './hostile-program.ts';
import { reachingTheHost } from './rows/01-reaching-the-host.ts';
import { keysWithAMeaning } from './rows/02-keys-with-a-meaning.ts';
import { forgedEnds } from './rows/03-forged-ends.ts';
import { valuesThatJsonHasNot } from './rows/04-values-that-json-has-not.ts';
import { depthAndSize } from './rows/05-depth-and-size.ts';
import { endlessWork } from './rows/06-endless-work.ts';
import { waitingForEver } from './rows/07-waiting-for-ever.ts';
import { memory } from './rows/08-memory.ts';
import { floods } from './rows/09-floods.ts';
import { controlCharacters } from './rows/10-control-characters.ts';
import { afterTheEnd } from './rows/11-after-the-end.ts';
import { secrets } from './rows/13-secrets.ts';
import { paths } from './rows/14-paths.ts';
import { evasion } from './rows/20-evasion.ts';

/** By the row of the threats that they belong to. */
export const rows: Readonly<Record<string, Row>> = {
  '01-reaching-the-host': reachingTheHost,
  '02-keys-with-a-meaning': keysWithAMeaning,
  '03-forged-ends': forgedEnds,
  '04-values-that-json-has-not': valuesThatJsonHasNot,
  '05-depth-and-size': depthAndSize,
  '06-endless-work': endlessWork,
  '07-waiting-for-ever': waitingForEver,
  '08-memory': memory,
  '09-floods': floods,
  '10-control-characters': controlCharacters,
  '11-after-the-end': afterTheEnd,
  '13-secrets': secrets,
  '14-paths': paths,
  '20-evasion': evasion,
};
