/** Reads a mounted folder on a system that does not tell where open files lie: `<folder>`. */
import { existsSync } from 'node:fs';
import { parseVfsPath } from '@org/core';
import { openHostFolder } from '../src/host-folder.ts';

const folder = await openHostFolder(process.argv[2] ?? '');
const at = (name: string) => parseVfsPath(`/mnt/data${name}`);
const codeOf = ({ code }: { code: string }) => code;
const told = {
  proc: existsSync('/proc/self'),
  names: await folder.list('', at('')),
  read: await folder.read('a.txt', at('/a.txt')),
  link: await folder.read('link', at('/link')),
  out: await folder.read('out', at('/out')).catch(codeOf),
  outside: await folder.read('../secret', at('/secret')).catch(codeOf),
};
process.stdout.write(JSON.stringify(told));
