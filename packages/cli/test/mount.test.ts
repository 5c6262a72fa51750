import { symlink } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { expectAll, test } from './harness.ts';

describe.concurrent('--mount', () => {
  test('lets a program list, read and import the files of a folder', async ({ workshop }) => {
    await workshop.write('data/orders/2026.csv', 'id,total\n1,20\n2,22');
    await workshop.write('data/notes.md', '# Notes');
    await workshop.write(
      'lib/total.ts',
      'import { first } from "./first.js";\nexport const total = (text: string): number => text.split("\\n").slice(1).map((line) => Number(line.split(",")[1])).reduce((a, b) => a + b, first);',
    );
    await workshop.write(
      'lib/first.ts',
      'import start from "./start.json"; export const first: number = start.at;',
    );
    await workshop.write('lib/start.json', '{ "at": 100 }');
    await workshop.write('lib/plain.js', 'export default 7;');
    const result = await workshop.run(
      `import { total } from '/mnt/lib/total';
       import seven from '/mnt/lib/plain.js';
       const found = await listFiles('/mnt/in/**/*.csv');
       export default [found, total(await readFile(found[0]!)), seven, await listFiles('/mnt')];`,
      ...['--mount', 'data:in', '--mount', './lib/'],
    );
    expect(result.code, result.stderr).toBe(0);
    expect(result.json()).toEqual([['/mnt/in/orders/2026.csv'], 142, 7, ['in/', 'lib/']]);
  });

  test('is for reading, and ends at the folder', async ({ workshop }) => {
    await workshop.write('secret.ts', 'export default "secret";');
    await workshop.write('data/a.txt', 'a');
    await symlink('../secret.ts', workshop.path('data/out.ts'));
    const result = await workshop.run(
      `const codes = [];
       const note = (error) => codes.push(error.code);
       await writeFile('/mnt/data/a.txt', 'b').catch(note);
       await readFile('/mnt/data/out.ts').catch(note);
       await readFile('/mnt/data/../../secret.ts').catch(note);
       await readFile('/mnt/data/%2e%2e/secret.ts').catch(note);
       return [codes, await readFile('/mnt/data/a.txt')];`,
      ...['--mount', 'data'],
    );
    expect(result.json()).toEqual([
      ['READ_ONLY', 'NOT_A_FILE', 'FILE_NOT_FOUND', 'INVALID_PATH'],
      'a',
    ]);
    const imported = await workshop.run(
      "import x from '/mnt/data/out.ts'; export default x;",
      '--mount',
      'data',
    );
    expect(imported.code).toBe(1);
    expectAll(imported.stderr, ['ImportError: ', '/mnt/data/out.ts']);
  });

  test('is told what is wrong with it', async ({ workshop }) => {
    await workshop.write('program.ts', 'export default 1');
    await workshop.write('file', '');
    await workshop.write('data/x', '');
    const cases: [string[], string][] = [
      [['none'], 'Cannot mount "none": Cannot open the folder none: ENOENT.'],
      [['file'], 'Cannot mount "file": file is a file, not a folder.'],
      [['data:a b'], 'Cannot mount "data:a b": "a b" cannot name a mounted folder.'],
      [['.:.git'], 'Cannot mount ".:.git": '],
      [['data', './data'], 'Cannot mount "./data": there is a folder /mnt/data already.'],
    ];
    await Promise.all(
      cases.map(async ([mounts, message]) => {
        const result = await workshop.cli([
          'execute',
          'program.ts',
          ...mounts.flatMap((text) => ['--mount', text]),
        ]);
        expect(result).toMatchObject({ code: 2, stdout: '' });
        expect(result.stderr).toContain(message);
      }),
    );
  });

  test('works for compile, and what was imported is in the file', async ({ workshop }) => {
    await workshop.write('lib/answer.ts', 'export const answer = 42;');
    await workshop.write(
      'program.ts',
      "import { answer } from '/mnt/lib/answer'; export default answer;",
    );
    const compiled = await workshop.cli(['compile', 'program.ts', '--mount', 'lib', '--json']);
    expect(compiled.json().imports).toEqual(['/mnt/lib/answer.ts']);
    expect((await workshop.cli(['execute', 'program.wasm'])).json()).toBe(42);
  });
});
