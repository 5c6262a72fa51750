/** Changes an archive that is right. */
type Attack = (archive: Buffer) => Uint8Array;

const block = 512;
/** Of the second entry; the first one has the digests. */
const second = 2 * block;

/** With another second header, and the sum that it needs. */
const headed =
  (change: (head: Buffer) => void): Attack =>
  (archive) => {
    const head = archive.subarray(second, second + block);
    change(head);
    head.fill(' ', 148, 156);
    const sum = head.reduce((all, byte) => all + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return archive;
  };

const named = (name: string) =>
  headed((head) => {
    head.fill(0, 0, 100);
    head.write(name, 0, 'latin1');
  });
const typed = (type: string) => headed((head) => head.write(type, 156));
const sized = (size: string) => headed((head) => head.write(size, 124));
const flipped =
  (placeIn: (archive: Buffer) => number): Attack =>
  (archive) => {
    const place = placeIn(archive);
    archive[place] = (archive[place] ?? 0) ^ 0x10;
    return archive;
  };

/** Row 15: what somebody sends as a skill, by the code with which it is refused. */
export const archives: Readonly<
  Record<'SKILL_DAMAGED' | 'INVALID_NAME', Readonly<Record<string, Attack>>>
> = {
  INVALID_NAME: {
    'a file above its folder': named('../SKILL.md'),
    'a file in a folder of the system': named('.ssh/SKILL.md'),
    'a name that is a device of Windows': named('con/SKILL.md'),
    'a name with a trailing dot': named('shared./SKILL.md'),
    'a name of other letters': named('Shared/SKILL.md'),
  },
  SKILL_DAMAGED: {
    'an absolute path': named('/etc/passwd'),
    'a file below a file': named('shared/SKILL.md/x'),
    'a program of another kind': named('shared/run.sh'),
    'a file of another skill': named('other/SKILL.md'),
    'the same file twice': named('shared/checksum.blake3'),
    'a hard link': typed('1'),
    'a link': typed('2'),
    'a device': typed('3'),
    'a folder': typed('5'),
    'a pipe': typed('6'),
    'a name of any length': typed('L'),
    'a header that replaces the next one': typed('x'),
    'the target of a link': headed((head) => head.write('/etc/passwd', 157)),
    'a folder before its name': headed((head) => head.write('../..', 345)),
    'a file of eight gigabytes': sized('77777777777'),
    'a file of negative size': sized('-0000000001'),
    'a size in another notation': sized('\u0080'),
    'a wrong sum': (archive) => archive.fill('0', second + 148, second + 154),
    'a bit at its start that is another': flipped(() => 0),
    'a bit in its middle that is another': flipped(({ length }) => length / 2),
    'a bit of its last file that is another': flipped((archive) => archive.findLastIndex(Boolean)),
    'its first half alone': (archive) => archive.subarray(0, archive.length / 2),
    'no digests': (archive) => archive.subarray(second),
    'digests alone': (archive) => Buffer.concat([archive.subarray(0, second), Buffer.alloc(block)]),
    'no bytes': () => new Uint8Array(),
    'a megabyte of zeros': () => new Uint8Array(2 ** 20),
    'a compressed file': () => Buffer.from('1f8b0800000000000003', 'hex'),
  },
};
