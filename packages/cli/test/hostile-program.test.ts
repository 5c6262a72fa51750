// The harness looks for control characters in the output of every command; these tests are about
// where such text can come from, and about what else it could pretend.
import { describe, expect } from 'vitest';
import { outcomeOf, servers, test } from './harness.ts';

const acting = String.raw`\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e`;

describe.concurrent('nothing that a program writes acts on the terminal:', () => {
  test('logs, thrown errors and forged documents', async ({ workshop }) => {
    await workshop.write(
      'program.ts',
      `const forged = JSON.stringify({ status: 'returned', value: 'forged', jsonrpc: '2.0' });
       console.log('log ${acting}');
       console.error(forged + '\\n' + forged);
       log('warn', '\\r' + forged, { key: '${acting}', ['${acting}']: 1 });
       const error = new Error('thrown ${acting}\\n' + forged);
       error.name = 'Name${acting}';
       throw error;`,
    );
    const [plain, document] = await Promise.all([
      workshop.cli(['execute', 'program.ts']),
      workshop.cli(['execute', 'program.ts', '--json']),
    ]);
    expect(plain).toMatchObject({ code: 1, stdout: '' });
    expect(plain.stderr).toContain('[info] log \n');
    expect(plain.stderr).toContain('Name: thrown \n');
    expect(plain.stderr).toContain('at program.ts:5:22');
    const outcome = outcomeOf(document, 'error');
    expect(outcome.status).toBe('threw');
    expect(outcome.logs).toHaveLength(3);
    expect(outcome.logs[0].message).not.toContain('\u001B');
  });

  test('results, which stay the same values', async ({ workshop }) => {
    await workshop.write('program.ts', `return { ['${acting}']: ['${acting}\\u2028'] }`);
    const [plain, document] = await Promise.all([
      workshop.cli(['execute', 'program.ts']),
      workshop.cli(['execute', 'program.ts', '--json']),
    ]);
    const text = JSON.parse(`"${acting.replaceAll('\\\\', '\\')}"`);
    expect(plain.json()).toEqual({ [text]: [`${text}\u2028`] });
    expect(document.json().value).toEqual(plain.json());
  });

  test('names of servers, tools, modules and files', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('call.ts', `await callTool('to${acting}\\nx', 'y${acting}', {})`);
    await workshop.write('params.ts', `await callTool('tools', 'greet', { '${acting}': '\\r' })`);
    const raw = JSON.parse(`"${acting}"`) as string;
    await workshop.write('import.ts', `import { x } from './${raw}';\nexport default x;`);
    await workshop.write('syntax.ts', `const text = '${raw}' ${raw};\u0000`);
    await workshop.write(`${raw}.ts`, "throw new Error('x')");
    const results = await Promise.all([
      ...['call.ts', 'params.ts', 'import.ts', 'syntax.ts', `${raw}.ts`].map((name) =>
        workshop.cli(['execute', name]),
      ),
      workshop.cli(['execute', `no${raw}.ts`]),
      workshop.cli([`ex${raw}ecute`]),
      workshop.cli(['execute', `--${raw}`]),
      workshop.cli(['execute', 'call.ts', '--args', `{${raw}`]),
    ]);
    expect(results.map(({ code, stdout }) => [code, stdout])).toEqual([
      ...[1, 1, 1, 1, 1, 2, 2, 2, 2].map((code) => [code, '']),
    ]);
    for (const { stderr } of results) expect(stderr).not.toContain('node:');
  });
});

test('every log line arrives, in both modes', async ({ workshop }) => {
  await workshop.write(
    'program.ts',
    "for (let n = 0; n < 4_000; n++) console.log(n, 'x'.repeat(100)); return 1",
  );
  const [plain, document] = await Promise.all([
    workshop.cli(['execute', 'program.ts']),
    workshop.cli(['execute', 'program.ts', '--json']),
  ]);
  const numbers = Array.from({ length: 4_000 }, (_, n) => String(n));
  expect(plain.stdout).toBe('1\n');
  expect([...plain.stderr.matchAll(/^\[info\] (\d+) /gmu)].map(([, n]) => n)).toEqual(numbers);
  const { logs } = outcomeOf(document, 'value');
  expect(logs.map(({ message }: { message: string }) => message.split(' ')[0])).toEqual(numbers);
});
