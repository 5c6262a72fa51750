import { expect } from 'vitest';
import { servers, test } from './harness.ts';

test('execute --watch runs again for each file that the run is made of, on connected servers', async ({
  workshop,
}) => {
  await workshop.configure({ tools: servers.tools });
  await workshop.write('lib/ending.ts', "export const ending = '!';");
  await workshop.write('args.json', '"Ada"');
  const program = (words: string) => `import { greet } from './servers/tools';
    import { ending } from '/mnt/lib/ending.ts';
    export default async (name: string) => [await greet({ name: name + ending }), ${words}];`;
  await workshop.write('program.ts', program("'first'"));
  const args = ['execute', 'program.ts', '--watch', '--mount', 'lib', '--args', '@args.json'];
  const { child, finished, said, heard } = await workshop.start(args);
  await said('Ada!');
  await said('"first"');
  await heard('Waiting for changes.');

  await workshop.write('program.ts', program("'second'"));
  await said('"second"');
  await workshop.write('lib/ending.ts', "export const ending = '?';");
  await said('Ada?');
  await workshop.write('args.json', '"Grace"');
  await said('Grace?');

  await workshop.write('args.json', '{');
  await heard('Error: --args is not JSON');
  await workshop.write('program.ts', 'const n: number = "text"; export default n;');
  await workshop.write('args.json', '"Mary"');
  await heard('The program does not fit its types');
  await workshop.write(
    'program.ts',
    `console.log('under way'); await callTool('tools', 'never', {});`,
  );
  await heard('[info] under way');
  await workshop.write('program.ts', program("'third'"));
  await said('Mary?');
  expect(await workshop.startsOf('tools')).toBe(1);

  await workshop.configure({ tools: servers.tools, memory: servers.memory });
  await heard(': .mcp.json changed ---');
  await workshop.write('program.ts', "export default 'a new configuration';");
  await said('a new configuration');

  child.kill('SIGINT');
  const { code, stderr } = await finished;
  expect(code).toBe(130);
  expect(stderr).not.toContain('Interrupted');
  expect(stderr).toMatch(/\n--- run 2, \d\d:\d\d:\d\d: program\.ts changed ---\n/u);
  expect(stderr).toMatch(/: lib\/ending\.ts changed ---\n/u);
});

test('execute --watch ends at once where it cannot run even once', async ({ workshop }) => {
  const results = await Promise.all(
    [['missing.ts'], ['-'], ['p.ts', '--json']].map((args) =>
      workshop.cli(['execute', ...args, '--watch']),
    ),
  );
  expect(results.map(({ code }) => code)).toEqual([2, 2, 2]);
  expect(results[0]?.stderr).toContain('There is no file missing.ts.');
  expect(results[1]?.stderr).toContain('--watch needs a file.');
  expect(results[2]?.json().error.message).toContain('--watch has no end');
});
