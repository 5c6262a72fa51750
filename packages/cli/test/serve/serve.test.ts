import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { describe, expect } from 'vitest';
import { servers, test } from '../harness.ts';
import { type Answer, bin, command, environment, ledger, overHttp, overStdio } from './serving.ts';

describe('mcp-cli serve on stdio', () => {
  test('runs programs that call the tools of the servers; state and files stay', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    const first = await overStdio(workshop);
    expect(first.client.getInstructions()).toContain('Servers: tools.');
    expect(await workshop.startsOf('tools')).toBe(0);
    const greeted = await first.run(
      `import { greet } from './servers/tools';
       await writeFile('greeting.txt', String(await greet({ name: args.name })));
       await setState('times', 1);
       return readFile('greeting.txt');`,
      { args: { name: 'Ada' } },
    );
    expect(greeted).toMatchObject({ status: 'returned', value: 'Hello Ada!' });
    await first.client.close();
    const second = await overStdio(workshop);
    const kept = `return [await readFile('greeting.txt'), await getState('times')]`;
    expect(await second.run(kept)).toMatchObject({ value: ['Hello Ada!', 1] });
    const other = await second.run(`return listFiles('/workspace')`, { session: 'other' });
    expect(other).toMatchObject({ value: [] });
    expect(second.errors()).toBe('');
  });

  test('a program with a type error calls nothing, and what was learned is in later types', async ({
    workshop,
  }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const { run } = await overStdio(workshop);
    const wrong = await run(`import { add } from './servers/ledger';\nreturn add({ entry: 1 })`);
    expect(wrong).toMatchObject({ status: 'aborted', error: { code: 'TYPE_ERROR' } });
    expect(wrong.problems[0]).toContain('program.ts:2:14');
    expect(existsSync(workshop.path('ledger'))).toBe(false);
    const signature = async (session: string) =>
      (await run(`return (await searchTools('add ledger entry')).hits[0].text`, { session })).value;
    expect(await signature('one')).toContain('Promise<unknown>');
    await run(`import { add } from './servers/ledger';\nreturn add({ entry: 'a' })`, {
      session: 'one',
    });
    expect(await signature('one')).toContain('Promise<{ entries: number }>');
    expect(await signature('two')).toContain('Promise<unknown>');
  });

  test('a client gets no more than the operator lets it have', async ({ workshop }) => {
    await workshop.configure({ ledger: ledger(workshop), tools: servers.tools });
    const flags = ['--max-calls', '2', '--deny', 'tools', '--deny', 'ledger.list'];
    const { run, call, client } = await overStdio(workshop, flags);
    expect(client.getInstructions()).toContain('Servers: ledger.');
    const many = await run(
      `import { add } from './servers/ledger';
       for (let entry = 0; entry < 5; entry++) await add({ entry: String(entry) });`,
      { limits: { toolCalls: 1_000 } },
    );
    expect(many).toMatchObject({ status: 'limit' });
    expect((await workshop.read('ledger')).split('\n')).toHaveLength(3);
    const found = await call('search_tools', { query: 'list entries, add, greet', limit: 50 });
    expect(found.hits.map(({ tool }: Answer) => tool)).toEqual(
      expect.not.arrayContaining(['list', 'greet']),
    );
    const denied = await run(`return callTool('ledger', 'list', {})`);
    expect(denied).toMatchObject({ status: 'threw', error: { code: 'NOT_ALLOWED' } });
  });

  test('with an SDK of OpenTelemetry, runs and the calls in them are spans', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    const hook = new URL('../fixtures/telemetry.ts', import.meta.url);
    const env = { NODE_OPTIONS: `--import ${hook}`, SPANS: workshop.path('spans') };
    const { run } = await overStdio(workshop, [], undefined, env);
    await run(`import { greet } from './servers/tools'; return greet({ name: 'Ada' })`);
    const spans = async () => (await workshop.read('spans')).trim().split('\n');
    await expect.poll(spans).toHaveLength(2);
    const [call, whole] = (await spans()).map((line) => line.split(/ (.*)/su));
    expect([call?.[1], whole?.[1]]).toEqual(['tools/call greet', 'run code']);
    expect(call?.[0]).toBe(whole?.[0]);
  });

  test('only the protocol is on stdout, and it ends with its client', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const child = spawn(process.execPath, [bin, 'serve'], {
      ...{ cwd: workshop.folder, env: environment(workshop) },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    const send = (message: object) =>
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'raw', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    send({ id: 1, method: 'initialize', params });
    send({ method: 'notifications/initialized' });
    const code = `import { identify } from './servers/tools'; console.log('a\\nb'); return identify({})`;
    const args = { name: 'execute_code', arguments: { code } };
    send({ id: 2, method: 'tools/call', params: args });
    await expect.poll(() => output, { timeout: 30_000 }).toContain('"id":2');
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
    const messages = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages.every(({ jsonrpc }) => jsonrpc === '2.0')).toBe(true);
    expect(messages.find(({ id }) => id === 2).result.structuredContent.status).toBe('returned');
  });

  test.for([
    [['--config', 'none.json'], 2, /none\.json/u],
    [['--max-wall', 'soon'], 2, /--max-wall/u],
    [['--http', 'nowhere:x'], 2, /--http/u],
    [['--approvals', 'everybody'], 2, /everybody/u],
    [['--deny', 'nothing.*'], 2, /nothing/u],
    [['--http', '0.0.0.0:0'], 2, /token/u],
    [['--http', '0', '--http-cap', 'bodyBytes'], 2, /bodyBytes=4MiB/u],
    [['--http', '0', '--http-cap', 'bodyBitesBytes=4MiB'], 2, /no cap named bodyBites/u],
    [['--http', '0', '--http-cap', 'requests=0'], 2, /requests/u],
    [['--sessions', '.mcp.json/x.db'], 2, /sessions/u],
  ] as const)('%j is told before anything is served', async ([args, code, words], { workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const result = await workshop.cli(['serve', ...args]);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(words);
  });

  test('a configuration that is damaged is exit code 2 and says where', async ({ workshop }) => {
    await workshop.write('.mcp.json', '{ "mcpServers": { "a": {} } }');
    const result = await workshop.cli(['serve']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('.mcp.json');
  });
});

describe('runs that are not lost', () => {
  const program = (gate: string) => `
    import { add, wait_for } from './servers/ledger';
    const made = [];
    for (const entry of ['one', 'two', 'three']) made.push(await add({ entry }));
    await wait_for({ file: ${JSON.stringify(gate)} });
    await add({ entry: 'four' });
    return made;`;

  test('kill -9 in the middle of a run: the next process goes on with it, and repeats no write', async ({
    workshop,
  }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const policy = { idempotent: ['ledger.wait_for'], readOnly: ['ledger.wait_for'] };
    const config = JSON.parse(await workshop.read('.mcp.json'));
    await workshop.write('.mcp.json', JSON.stringify({ ...config, policy }));
    const gate = workshop.path('gate');
    const first = await overStdio(workshop);
    const lost = first.run(program(gate)).catch(() => 'gone');
    await expect
      .poll(() => existsSync(workshop.path('ledger')) && workshop.read('ledger'), {
        timeout: 30_000,
      })
      .toContain('waits for');
    process.kill(first.pid, 'SIGKILL');
    expect(await lost).toBe('gone');
    const second = await overStdio(workshop);
    const { resources } = await second.client.listResources();
    const runId = resources.map(({ uri }) => /^run:\/\/([\w-]+)$/u.exec(uri)?.[1]).find(Boolean);
    const asked = await second.call('resume_run', { runId, unknownCalls: 'fail' });
    expect(asked).toMatchObject({ status: 'threw', error: { code: 'CALL_UNKNOWN' } });
    expect((await workshop.read('ledger')).match(/^(?:one|two|three|four)$/gmu)).toHaveLength(3);
    await workshop.write('gate', '');
    const again = await second.call('resume_run', { runId, unknownCalls: 'retry' });
    expect(again).toMatchObject({
      status: 'returned',
      value: [{ entries: 1 }, { entries: 2 }, { entries: 3 }],
    });
    expect((await workshop.read('ledger')).match(/^(?:one|two|three|four)$/gmu)).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
  });

  test('a client that goes leaves its run suspended, and another connection goes on with it', async ({
    workshop,
  }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const gate = workshop.path('gate');
    const first = await overStdio(workshop);
    const lost = first.run(program(gate)).catch(() => 'gone');
    await expect
      .poll(() => existsSync(workshop.path('ledger')) && workshop.read('ledger'), {
        timeout: 30_000,
      })
      .toContain('waits for');
    await first.client.close();
    expect(await lost).toBe('gone');
    const second = await overStdio(workshop);
    const { resources } = await second.client.listResources();
    const runId = resources.map(({ uri }) => /^run:\/\/([\w-]+)$/u.exec(uri)?.[1]).find(Boolean);
    const listed = await workshop.cli(['run', 'list', '--json']);
    expect(listed.json().runs).toMatchObject([{ status: 'suspended' }]);
    await workshop.write('gate', '');
    const ended = await second.call('resume_run', { runId });
    // The call in flight was given up by the first process: the program is told that it is unknown.
    expect(['returned', 'threw']).toContain(ended.status);
    expect((await workshop.read('ledger')).match(/^(?:one|two|three)$/gmu)).toHaveLength(3);
  });

  test('a call that needs a person suspends its run; the command line approves, the client goes on', async ({
    workshop,
  }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const { run, call } = await overStdio(workshop, ['--ask', 'ledger.add']);
    const code = `import { add } from './servers/ledger'; return add({ entry: 'secret plan' });`;
    const waiting = await run(code);
    expect(waiting).toMatchObject({
      status: 'suspended',
      questions: [{ call: 'ledger.add', params: { entry: 'secret plan' } }],
    });
    const { runId } = waiting;
    expect(existsSync(workshop.path('ledger'))).toBe(false);
    const refused = await call('resume_run', { runId, decision: 'approve' });
    expect(refused).toMatchObject({ error: { code: 'NOT_ALLOWED' } });
    await command(workshop, ['run', 'approve', runId, '-y']);
    expect(await call('resume_run', { runId })).toMatchObject({ value: { entries: 1 } });
  });

  test('the person at the client is asked, where the client can', async ({ workshop }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const options = { capabilities: { elicitation: {} } };
    const client = new Client({ name: 'test', version: '1' }, options);
    const asked: string[] = [];
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      const { properties } = (params as Answer).requestedSchema;
      const content = Object.fromEntries(
        Object.entries(properties).map(([name, schema]: Answer) => [
          name,
          schema.enum ? schema.enum[0] : (schema.oneOf?.[0]?.const ?? schema.default ?? 0),
        ]),
      );
      return { action: 'accept', content };
    });
    const { run } = await overStdio(workshop, ['--ask', 'ledger.add'], client);
    const code = `import { add } from './servers/ledger'; return add({ entry: 'by hand' });`;
    const ended = await run(code);
    expect(asked[0]).toContain('by hand');
    expect(ended).toMatchObject({ status: 'returned', value: { entries: 1 } });
  });

  test('an edited program takes the answers of the one that failed', async ({ workshop }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const { run, call } = await overStdio(workshop);
    const add = `import { add } from './servers/ledger';\nconst first = await add({ entry: 'a' });\n`;
    const failed = await run(`${add}throw new Error('no');`);
    expect(failed).toMatchObject({ status: 'threw' });
    const { runId } = failed;
    const fixed = await call('resume_run', { runId, code: `${add}return first;` });
    expect(fixed).toMatchObject({ status: 'returned', value: { entries: 1 } });
    expect(await workshop.read('ledger')).toBe('a\n');
  });

  test('without records a run can be had, and nothing to go on with', async ({ workshop }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const { run, call } = await overStdio(workshop, ['--no-record', '--ask', 'ledger.add']);
    const { runId, value } = await run('return 1');
    expect(value).toBe(1);
    expect(await call('resume_run', { runId })).toMatchObject({ status: 'refused' });
    const asked = await run(`import { add } from './servers/ledger'; return add({ entry: 'a' });`);
    expect(asked).toMatchObject({ status: 'threw', error: { code: 'APPROVAL_REQUIRED' } });
  });
});

describe('mcp-cli serve --http', () => {
  test('clients with tokens of their own see nothing of each other', async ({ workshop }) => {
    await workshop.configure({ ledger: ledger(workshop), tools: servers.tools });
    const token = async (name: string, ...flags: string[]) => {
      const { stdout } = await command(workshop, ['serve', 'token', 'add', name, ...flags]);
      return stdout.trim().split(/\s+/u).at(-1) ?? '';
    };
    const tokens = [await token('ann', '--deny', 'tools'), await token('bob')];
    const served = await overHttp(workshop, ['--require-token']);
    await expect(served.connect()).rejects.toThrow();
    const [ann, bob] = await Promise.all(tokens.map((one) => served.connect(one)));
    if (ann === undefined || bob === undefined) throw new Error('not connected');
    expect(ann.client.getInstructions()).toContain('Servers: ledger.');
    expect(bob.client.getInstructions()).toContain('Servers: ledger, tools.');
    const write = (who: string) =>
      `await setState('who', ${JSON.stringify(who)}); await writeFile('who', ${JSON.stringify(who)});`;
    const written = await Promise.all([ann.run(write('ann')), bob.run(write('bob'))]);
    const read = `return [await getState('who'), await readFile('who')]`;
    expect(await ann.run(read)).toMatchObject({ value: ['ann', 'ann'] });
    expect(await bob.run(read)).toMatchObject({ value: ['bob', 'bob'] });
    const [{ runId }] = written;
    expect(await bob.call('resume_run', { runId })).toMatchObject({
      error: { code: 'RUN_NOT_FOUND' },
    });
    await expect(bob.client.readResource({ uri: `run://${runId}` })).rejects.toThrow();
    const own = await ann.client.listResources();
    expect(own.resources.some(({ uri }) => uri === `run://${runId}`)).toBe(true);
    const denied = await ann.run(`return callTool('tools', 'greet', { name: 'x' })`);
    expect(denied).toMatchObject({ error: { code: 'NOT_ALLOWED' } });
    expect(await served.end()).toBe(0);
  });

  test('SIGTERM in the middle of a run suspends it, and the next service goes on', async ({
    workshop,
  }) => {
    await workshop.configure({ ledger: ledger(workshop) });
    const gate = workshop.path('gate');
    const first = await overHttp(workshop, []);
    const one = await first.connect();
    const code = `import { add, wait_for } from './servers/ledger';
      await add({ entry: 'before' });
      await sleep(600_000_000);
      return 'late';`;
    const cut = one.run(code, { limits: { wallMs: 100_000 } }).catch(() => undefined);
    await expect.poll(() => existsSync(workshop.path('ledger')), { timeout: 30_000 }).toBe(true);
    expect(await first.end()).toBe(0);
    const answer = await cut;
    expect([undefined, 'suspended']).toContain(answer?.status);
    await workshop.write('gate', gate);
    const listed = await workshop.cli(['run', 'list', '--json']);
    expect(JSON.stringify(listed.json())).toContain('"suspended"');
    expect(await workshop.read('ledger')).toBe('before\n');
  });
});
