import path from 'node:path';
import { describe, expect } from 'vitest';
import { expectAll, outcomeOf, servers, test, type Workshop } from './harness.ts';

const shop = path.resolve(import.meta.dirname, '../../runs/test/fixtures/shop.ts');

/** A server that has a line in `orders` for each order that it carried out. */
async function openShop(workshop: Workshop): Promise<() => Promise<string[]>> {
  const env = { ORDERS: workshop.path('orders'), GATE: workshop.path('gate') };
  await workshop.configure({ shop: { command: process.execPath, args: [shop], env } });
  await workshop.write('orders', '');
  return async () => (await workshop.read('orders')).split('\n').filter((line) => line !== '');
}

const buys = (items: readonly string[], rest = '') => `
  import { order } from './servers/shop';
  export default async () => {
    const numbers: number[] = [];
    for (const item of ${JSON.stringify(items)}) numbers.push((await order({ item })).number);
    ${rest}
    return numbers;
  };`;

describe.concurrent('a run of execute', () => {
  test('is recorded: listed, shown, drawn, exported and repeated offline', async ({ workshop }) => {
    await openShop(workshop);
    await workshop.write('program.ts', buys(['tea'], "console.log('bought');"));
    const run = await workshop.cli(['execute', 'program.ts', '--json', '--seed', 'a']);
    const { runId, value } = outcomeOf(run, 'value');
    expect(value).toEqual([1]);

    const [list, text, html, file, replay] = [
      await workshop.cli(['run', 'list']),
      await workshop.cli(['run', 'show', 'last']),
      await workshop.cli(['run', 'show', runId.slice(0, 6), '--html', 'run.html']),
      await workshop.cli(['run', 'export', 'last', '-o', 'run.json']),
      await workshop.cli(['run', 'replay', 'last', '--json'], { env: { PATH: '/nowhere' } }),
    ];
    expect(list.stdout.split('\t').slice(0, 2)).toEqual([runId, 'returned']);
    expectAll(text.stdout, ['1 done', 'shop.order', '[info] bought', 'Tokens']);
    expect(html.stdout).toBe('Wrote run.html\n');
    expectAll(await workshop.read('run.html'), ['shop.order', 'Content-Security-Policy', runId]);
    expect(file.code).toBe(0);
    const document = JSON.parse(await workshop.read('run.json'));
    expect(document.run.journal.calls[0].answer).toMatchObject({ ok: true });
    expect(replay.json()).toMatchObject({ runId, same: true, calls: 1, outcome: { value: [1] } });
    expect(replay.code).toBe(0);

    const elsewhere = { env: { MCP_CLI_RUNS: workshop.path('elsewhere.db') } };
    const brought = await workshop.cli(['run', 'import', 'run.json', '--json'], elsewhere);
    expect(brought.json()).toMatchObject({ runId, status: 'returned' });
    expect((await workshop.cli(['run', 'replay', 'last'], elsewhere)).code).toBe(0);
    const twice = await workshop.cli(['run', 'import', 'run.json'], elsewhere);
    expect(twice).toMatchObject({ code: 2, stdout: '' });
    await workshop.write('cut.json', (await workshop.read('run.json')).slice(0, -20));
    const cut = await workshop.cli(['run', 'import', 'cut.json'], elsewhere);
    expect(cut).toMatchObject({ code: 1, stdout: '' });
    expect(cut.stderr).toContain('not the export of a run');
  });

  test('waits for an approval without a process, and goes on in another one', async ({
    workshop,
  }) => {
    const orders = await openShop(workshop);
    await workshop.write('program.ts', buys(['tea', 'milk', 'sugar']));
    const asks = ['--ask', 'shop.order', '--on-ask', 'suspend'];
    const first = await workshop.cli(['execute', 'program.ts', ...asks]);
    expect(first.code).toBe(6);
    expectAll(first.stderr, ['shop.order', '"item": "tea"', 'mcp-cli run approve ']);
    expect(await orders()).toEqual([]);

    const silent = await workshop.cli(['run', 'approve', 'last']);
    expect(silent.code).toBe(2);
    expectAll(silent.stderr, ['"item": "tea"', 'There is no terminal to ask at.', '--yes']);

    // For the second one as well; the rules hold without being given again.
    await workshop.cli(['run', 'approve', 'last', '--yes', '--next', '1']);
    const second = await workshop.cli(['run', 'resume', 'last', '--json']);
    expect(second.code).toBe(6);
    expect(second.json()).toMatchObject({
      status: 'suspended',
      asks: [{ kind: 'approval', tool: 'order', paramsJson: '{"item":"sugar"}' }],
    });
    expect(await orders()).toEqual(['{"item":"tea"}', '{"item":"milk"}']);

    await workshop.cli(['run', 'refuse', 'last', '--yes']);
    // The policy of now does not ask any more, and what was refused stays refused.
    const third = await workshop.cli(['run', 'resume', 'last', '--ask', 'shop.wait', '--json']);
    expect(third.json()).toMatchObject({ status: 'threw', error: { code: 'NOT_ALLOWED' } });
    expect(third.code).toBe(4);
    expect(await orders()).toHaveLength(2);
  });

  test('whose process was killed is lost; one of two that resume it goes on with it', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write(
      'program.ts',
      `import { greet, never_ } from './servers/tools';
       const first = await greet({ name: 'Ada' });
       return [first, await never_().catch((error) => error.code), await greet({ name: 'Bob' })];`,
    );
    const { child, finished } = await workshop.start(['execute', 'program.ts']);
    await workshop.pidOf('called');
    child.kill('SIGKILL');
    await finished;
    const shown = await workshop.cli(['run', 'show', 'last', '--json']);
    expect(shown.json()).toMatchObject({
      status: 'lost',
      calls: [
        { name: 'tools.greet', status: 'done' },
        { name: 'tools.never', status: 'unknown' },
      ],
    });
    expect(shown.json().next[0]).toBe(
      'Call 2 (tools.never) was sent and never answered: whether it took effect is not known.',
    );

    const args = ['run', 'resume', 'last', '--unknown', 'fail', '--json'];
    const results = await Promise.all([workshop.cli(args), workshop.cli(args)]);
    const [good, bad] = results.sort((one, other) => Number(one.code) - Number(other.code));
    expect(good?.json()).toMatchObject({
      status: 'returned',
      value: ['Hello Ada!', 'CALL_UNKNOWN', 'Hello Bob!'],
    });
    expect(bad?.code).toBe(1);
    expect(['RUN_BUSY', 'RUN_NOT_RESUMABLE']).toContain(bad?.json().error.code);
  });

  test('is cancelled from another process', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('program.ts', "await callTool('tools', 'never', {});");
    const { finished } = await workshop.start(['execute', 'program.ts', '--json']);
    await workshop.pidOf('called');
    const cancelled = await workshop.cli(['run', 'cancel', 'last', '--json']);
    expect(cancelled.json()).toMatchObject({ status: 'aborted' });
    const run = await finished;
    expect(run.code).toBe(130);
    expect(outcomeOf(run, 'error').calls).toMatchObject([{ tool: 'never', status: 'unknown' }]);
  });

  test('that was interrupted says so in its record', async ({ workshop }) => {
    await workshop.write('program.ts', "console.log('started'); await sleep(60_000);");
    const { child, heard, finished } = await workshop.start(['execute', 'program.ts']);
    await heard('[info] started');
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    const list = await workshop.cli(['run', 'list', '--status', 'aborted', '--json']);
    expect(list.json().runs).toMatchObject([{ status: 'aborted', name: 'program.ts' }]);
  });

  test('that failed is fixed: what it had bought is not bought again', async ({ workshop }) => {
    const orders = await openShop(workshop);
    await workshop.write('program.ts', buys(['tea', 'milk'], "throw new Error('oh');"));
    const failed = await workshop.cli(['execute', 'program.ts', '--no-check']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('mcp-cli execute edited.ts --fix ');
    await workshop.write('edited.ts', buys(['tea', 'milk', 'jam']));
    const fixed = await workshop.cli(['execute', 'edited.ts', '--fix', 'last']);
    expect(fixed.json()).toHaveLength(3);
    expectAll(fixed.stderr, ['2 calls took their recorded answers, 1 was made', 'jam']);
    expect(await orders()).toEqual(['{"item":"tea"}', '{"item":"milk"}', '{"item":"jam"}']);
  });

  test('is planned first, and does what was planned and nothing else', async ({ workshop }) => {
    const orders = await openShop(workshop);
    await workshop.write('program.ts', buys(['tea', 'milk']));
    const planned = await workshop.cli(['execute', 'program.ts', '--plan', '--json']);
    const plan = planned.json();
    expect(plan).toMatchObject({ status: 'complete', effects: [{ effect: 1 }, { effect: 2 }] });
    expect(await orders()).toEqual([]);
    const digest = plan.digest.slice(0, 12);
    // The plan has the program: what the file is by now does not matter.
    await workshop.write('program.ts', buys(['gold']));
    const done = await workshop.cli(['execute', '--approved-plan', digest]);
    expect(done.json()).toEqual([1, 2]);
    expect(await orders()).toEqual(['{"item":"tea"}', '{"item":"milk"}']);
    const unknown = await workshop.cli(['execute', '--approved-plan', '0123456789ab']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('There is no plan 0123456789ab.');
  });

  test('is planned with what its skills would do, which is withheld as well', async ({
    workshop,
  }) => {
    const orders = await openShop(workshop);
    await workshop.write(
      'buy.ts',
      `import { order } from './servers/shop';
       /** Buys an item. */
       export default async function main({ item }: { item: string }) {
         const count = Date.now() % 1000;
         await writeFile('/workspace/bought.txt', item);
         const { number } = await order({ item: item + Math.random(), count });
         return number;
       }`,
    );
    const saved = await workshop.cli(['skill', 'save', 'buy.ts', '--name', 'buy']);
    expect(saved.code).toBe(0);
    await workshop.write(
      'program.ts',
      `import buy from './skills/buy';
       import { order } from './servers/shop';
       const numbers = [await buy({ item: 'tea' }), await buy({ item: 'milk' })];
       await order({ item: 'cup', count: Number(numbers[1]) });
       return [numbers, await readFile('/workspace/bought.txt')];`,
    );
    const planned = await workshop.cli(['execute', 'program.ts', '--plan', '--json']);
    const by = ['skills.buy'];
    expect(planned.json()).toMatchObject({
      status: 'complete',
      effects: [
        { kind: 'file', by },
        { kind: 'call', by, tool: 'order' },
        { kind: 'file', by },
        { kind: 'call', by, tool: 'order' },
        { kind: 'call', tool: 'order', dependsOn: [{ at: '/count' }] },
      ],
    });
    expect(await orders()).toEqual([]);
    const digest = planned.json().digest.slice(0, 12);
    const done = await workshop.cli(['execute', '--approved-plan', digest]);
    expect(done.json()).toEqual([[1, 2], 'milk']);
    const items = (await orders()).map((line) => JSON.parse(line));
    expect(items).toHaveLength(3);
    expect(items[2]).toEqual({ item: 'cup', count: 2 });
    expect(planned.json().effects[1].params).toEqual(items[0]);
  });
});

describe.concurrent('the wrong way:', () => {
  test('runs that there are not, and none at all', async ({ workshop }) => {
    const off = { env: { MCP_CLI_RUNS: 'off' } };
    await workshop.write('program.ts', 'export default 1');
    expect((await workshop.cli(['execute', 'program.ts'], off)).code).toBe(0);
    const [none, refused] = [
      await workshop.cli(['run', 'resume', '4f1c2a', '--json']),
      await workshop.cli(['run', 'list'], off),
    ];
    expect(none).toMatchObject({ code: 2 });
    expect(none.json().error).toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('MCP_CLI_RUNS is "off"');
  });

  test('a record that is damaged, or cannot be written, keeps no program from running', async ({
    workshop,
  }) => {
    await workshop.write('program.ts', 'export default 1');
    await workshop.write('damaged.db', 'SQLite format 3\u0000 and then something else');
    await workshop.write('file', '');
    for (const MCP_CLI_RUNS of ['damaged.db', 'file/runs.db']) {
      const env = { MCP_CLI_RUNS: workshop.path(MCP_CLI_RUNS) };
      const run = await workshop.cli(['execute', 'program.ts'], { env });
      expect(run).toMatchObject({ code: 0, stdout: '1\n' });
      expect(run.stderr).toContain('Warning: This run is not recorded: ');
      const list = await workshop.cli(['run', 'list'], { env });
      expect(list.code).toBe(1);
      expect(list.stderr).not.toContain('    at ');
    }
    expect(await workshop.read('damaged.db')).toContain('something else');
  });
});
