import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../src/index.ts';

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'core-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const make = (folder: string) => makeFolder(folder, (one) => mkdirSync(one, { mode: 0o700 }));

test('makeFolder() makes what is missing on the way, and leaves what is there', () => {
  const folder = scratch();
  const deep = path.join(folder, 'a', 'b', 'c');
  for (const name of [deep, `${deep}/`, `${folder}//a//d/`]) {
    make(name);
    make(name);
    expect(statSync(name).isDirectory()).toBe(true);
    expect(statSync(name).mode & 0o777).toBe(0o700);
  }
});

test('makeFolder() ends where there is a file on the way', () => {
  const folder = scratch();
  writeFileSync(path.join(folder, 'file'), '');
  expect(() => make(path.join(folder, 'file', 'a', 'b'))).toThrow('ENOTDIR');
});

test('makeFolder() ends where a folder that is there takes none', () => {
  const made: string[] = [];
  const takesNone = (folder: string) => {
    made.push(folder);
    throw Object.assign(new Error(folder), { code: folder === '/proc' ? 'EEXIST' : 'ENOENT' });
  };
  expect(() => makeFolder('/proc/x/y', takesNone)).toThrow('/proc/x');
  expect(made).toEqual(['/proc/x/y', '/proc/x', '/proc', '/proc/x']);
  expect(() => makeFolder('x', takesNone)).toThrow('x');
  expect(() => makeFolder('', takesNone)).toThrow();
});
