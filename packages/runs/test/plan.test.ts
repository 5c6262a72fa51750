import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Approver } from '@org/core';
import { createSandbox, type Extensions } from '@org/wasm-runtime';
import { afterAll, expect, test } from 'vitest';
import type { PlanPorts } from '../src/plan/acting-ports.ts';
import type { Plan } from '../src/plan/plan.ts';
import { planGrant } from '../src/plan/plan-grant.ts';
import { parsePlan, planRun } from '../src/plan/plan-run.ts';
import { planText } from '../src/plan/plan-text.ts';
import { scratchFolder } from './harness.ts';
import { memoryFiles, memoryState, openServers } from './servers.ts';

const sandbox = await createSandbox({ workers: 2 });
afterAll(() => sandbox.close());

async function open() {
  const folder = scratchFolder();
  const bridge = await openServers(folder);
  const ports = { tools: bridge, preview: bridge, files: memoryFiles(), state: memoryState() };
  return { folder, bridge, ports };
}

const graph = (bridge: Awaited<ReturnType<typeof open>>['bridge']) =>
  bridge
    .callTool(
      { server: 'memory', tool: 'read_graph', paramsJson: '{}' },
      { signal: new AbortController().signal },
    )
    .then((outcome) => (outcome.status === 'done' ? JSON.parse(outcome.json) : outcome));

const fifty = `
  const made = [];
  for (let n = 1; n <= 50; n++) {
    const { entities } = await callTool('memory', 'create_entities', {
      entities: [{ name: 'item ' + n, entityType: 'thing', observations: [] }],
    });
    made.push(entities[0].name);
  }
  export default made.length;
`;

/** Runs what was planned with what the plan grants. */
async function carryOut(plan: Plan, ports: PlanPorts, source = plan.program.source, rest = {}) {
  const { source: _, ...program } = plan.program;
  const grant = planGrant(plan, { ...ports, ...rest });
  return await sandbox.run(source, { ...program, ...grant });
}

test('writes are withheld and listed with their parameters, and the program goes on', async () => {
  const { bridge, ports } = await open();
  const plan = await planRun(sandbox, fifty, ports);
  expect(plan).toMatchObject({ status: 'complete', value: 50, reads: [] });
  expect(plan.effects).toHaveLength(50);
  expect(plan.effects[7]).toEqual({
    effect: 8,
    kind: 'call',
    server: 'memory',
    tool: 'create_entities',
    params: { entities: [{ name: 'item 8', entityType: 'thing', observations: [] }] },
    definitionDigest: expect.stringMatching(/^[0-9a-f]{64}$/u),
    dependsOn: [],
    asks: false,
  });
  expect(await graph(bridge)).toEqual({ entities: [], relations: [] });
});

test('a loop is folded, with the range of what differs, and can be expanded', async () => {
  const { ports } = await open();
  const plan = await planRun(sandbox, fifty, ports);
  const text = planText(plan);
  expect(text).toContain('1. memory.create_entities × 50 ');
  expect(text).toContain(
    '/entities/0/name: "item 1", "item 2", "item 3", … "item 50", 50 different',
  );
  expect(text.split('\n')).toHaveLength(6);
  expect(planText(plan, { expand: true })).toContain(
    '37. memory.create_entities {"entities":[{"name":"item 37"',
  );
});

test('the same program and seed give the same effects', async () => {
  const { ports } = await open();
  const fixed = { ...ports, seed: 'seed', startTime: 1_700_000_000_000 };
  const program = fifty.replace("'item ' + n", 'Math.random().toString()');
  const [first, second] = [
    await planRun(sandbox, program, fixed),
    await planRun(sandbox, program, fixed),
  ];
  expect(second.effects).toEqual(first.effects);
  const other = await planRun(sandbox, program, { ...fixed, seed: 'other' });
  expect(other.effects).not.toEqual(first.effects);
});

test('the approved plan is carried out, and each effect once', async () => {
  const { bridge, ports } = await open();
  const plan = await planRun(sandbox, fifty, ports);
  expect(await carryOut(plan, ports)).toMatchObject({ status: 'returned', value: 50 });
  expect((await graph(bridge)).entities).toHaveLength(50);
});

test('a call that is not in the plan is refused, and so is a planned one the second time', async () => {
  const { bridge, ports } = await open();
  const create = (name: string) =>
    `await callTool('memory', 'create_entities', { entities: [{ name: ${name}, entityType: 'x', observations: [] }] });`;
  const plan = await planRun(sandbox, create('"a"'), ports);
  const source = `
    const codes = [];
    for (const name of ['b', 'a', 'a']) {
      try { ${create('name')} codes.push('sent'); } catch (error) { codes.push(error.code, error.message); }
    }
    try { await callTool('memory', 'delete_entities', { entityNames: ['a'] }); } catch (error) { codes.push(error.code); }
    codes.push((await callTool('memory', 'read_graph', {})).entities.length);
    export default codes;
  `;
  const outcome = await carryOut(plan, ports, source);
  const left = expect.stringContaining('not one of those that the approved plan has left');
  expect(outcome).toMatchObject({
    value: ['NOT_IN_PLAN', left, 'sent', 'NOT_IN_PLAN', left, 'NOT_IN_PLAN', 1],
  });
  expect(outcome.calls.map(({ status }) => status)).toEqual([
    ...['refused', 'done', 'refused', 'refused', 'done'],
  ]);
  expect((await graph(bridge)).entities.map(({ name }: { name: string }) => name)).toEqual(['a']);
});

const linked = `
  const { entities } = await callTool('memory', 'create_entities', {
    entities: [{ name: 'a' + (args.suffix ?? ''), entityType: 'x', observations: [] }],
  });
  const [{ name }] = entities;
  await callTool('memory', 'add_observations', {
    observations: [{ entityName: name, contents: ['named ' + name + '!'] }],
  });
  export default name;
`;

test('a value of an earlier answer is shown as such, and held against the real answer', async () => {
  const { bridge, ports } = await open();
  const plan = await planRun(sandbox, linked, ports);
  const answer = { effect: 1, path: '/entities/0/name' };
  expect(plan.effects[1]).toMatchObject({
    dependsOn: [
      { at: '/observations/0/entityName', parts: [answer] },
      { at: '/observations/0/contents/0', parts: ['named ', answer, '!'] },
    ],
    asks: false,
  });
  expect(planText(plan)).toContain(
    '"entityName":‹answer 1 /entities/0/name›,"contents":["named " + ‹answer 1 /entities/0/name› + "!"]',
  );
  expect(await carryOut(plan, ports)).toMatchObject({ status: 'returned', value: 'a' });
  expect((await graph(bridge)).entities[0].observations).toEqual(['named a!']);
});

test('where an earlier answer is to be, no other value is let through', async () => {
  const { ports } = await open();
  const plan = await planRun(sandbox, linked, ports);
  const forged = linked.replace('const [{ name }] = entities;', "const name = 'memory';");
  expect(await carryOut(plan, ports, forged)).toMatchObject({
    status: 'threw',
    error: { code: 'NOT_IN_PLAN' },
  });
});

test('a piece of an earlier answer is asked about, and refused where nobody can be asked', async () => {
  const { ports } = await open();
  const piece = linked.replace('entityName: name,', 'entityName: name.slice(-12),');
  const plan = await planRun(sandbox, piece, ports);
  expect(plan.effects[1]).toMatchObject({
    dependsOn: [{ at: '/observations/0/entityName', parts: [] }, {}],
    asks: true,
  });
  expect(planText(plan)).toContain('‹from an earlier answer: it is asked about›');
  expect(await carryOut(plan, ports)).toMatchObject({ error: { code: 'NOT_IN_PLAN' } });
  const asked: string[] = [];
  const approver: Approver = {
    approve: async ({ tool, paramsJson }) => {
      asked.push(`${tool} ${paramsJson}`);
      return 'no';
    },
  };
  const { ports: fresh } = await open();
  expect(await carryOut(plan, fresh, piece, { approver })).toMatchObject({
    error: { code: 'NOT_ALLOWED' },
  });
  expect(asked).toEqual([
    'add_observations {"observations":[{"entityName":"a","contents":["named a!"]}]}',
  ]);
});

test('reads are made, those that ask for what was made up are answered from the schema', async () => {
  const { folder, ports } = await open();
  await writeFile(path.join(folder, 'note.txt'), 'milk');
  const source = `
    const { content } = await callTool('files', 'read_text_file', { path: args.folder + '/note.txt' });
    const { entities } = await callTool('memory', 'create_entities', {
      entities: [{ name: content, entityType: 'x', observations: [] }],
    });
    const found = await callTool('memory', 'open_nodes', { names: [entities[0].name] });
    export default [content, found.entities.length];
  `;
  const plan = await planRun(sandbox, source, { ...ports, args: { folder } });
  expect(plan).toMatchObject({
    status: 'complete',
    value: ['milk', 1],
    effects: [{ params: { entities: [{ name: 'milk' }] } }],
    reads: [
      { server: 'files', tool: 'read_text_file', calls: 1, madeUp: 0 },
      { server: 'memory', tool: 'open_nodes', calls: 1, madeUp: 1 },
    ],
  });
});

test('without an output schema the program stops there, and the plan says so', async () => {
  const { ports } = await open();
  const source = `
    await callTool('memory', 'create_entities', { entities: [] });
    const all = await Promise.all([1, 2, 3].map((n) => callTool('everything', 'toggle-simulated-logging', {})));
    await callTool('memory', 'delete_entities', { entityNames: ['a'] });
  `;
  const plan = await planRun(sandbox, source, ports);
  expect(plan).toMatchObject({
    status: 'partial',
    stop: {
      call: { server: 'everything', tool: 'toggle-simulated-logging', params: {} },
      because: 'The tool has no output schema to answer from.',
    },
  });
  expect(plan.effects.map(({ tool }) => tool)).toEqual([
    'create_entities',
    ...Array(3).fill('toggle-simulated-logging'),
  ]);
  expect(planText(plan)).toContain(
    'It stops at everything.toggle-simulated-logging: The tool has no output',
  );
});

test('calls that are made with the one where it stops are listed too, however long looking takes', async () => {
  const { ports } = await open();
  const source = `
    try { await callTool('everything', 'no-such-tool', {}); } catch {}
    await Promise.all([
      callTool('everything', 'toggle-simulated-logging', {}),
      callTool('memory', 'create_entities', { entities: [] }),
    ]);
  `;
  const plan = await planRun(sandbox, source, ports);
  expect(plan.stop?.call?.tool).toBe('toggle-simulated-logging');
  expect(plan.effects.map(({ tool }) => tool)).toEqual([
    'toggle-simulated-logging',
    'create_entities',
  ]);
});

test('what the policy or the schema would refuse, is refused while planning', async () => {
  const folder = scratchFolder();
  const bridge = await openServers(folder, { policy: { deny: ['memory.delete_*'] } });
  const ports = { tools: bridge, preview: bridge, files: memoryFiles(), state: memoryState() };
  const source = `
    const codes = [];
    for (const [tool, params] of [['delete_entities', { entityNames: [] }], ['create_entities', { entities: 5 }], ['nothing', {}]]) {
      try { await callTool('memory', tool, params); } catch (error) { codes.push(error.code); }
    }
    export default codes;
  `;
  expect(await planRun(sandbox, source, ports)).toMatchObject({
    value: ['NOT_ALLOWED', 'INVALID_PARAMS', 'UNKNOWN_TOOL'],
    effects: [],
  });
});

const filesAndState = `
  await writeFile('/workspace/out.txt', 'two');
  const { entities } = await callTool('memory', 'create_entities', {
    entities: [{ name: 'a', entityType: 'x', observations: [] }],
  });
  await writeFile('/workspace/deep/name.txt', 'It is ' + entities[0].name);
  await setState('last', { name: 'a' });
  export default [await readFile('/workspace/out.txt'), await getState('last'), await listFiles('/workspace')];
`;

test('files and state are read back in a plan, and changed by the approved run alone', async () => {
  const { ports } = await open();
  const files = memoryFiles({ '/workspace/out.txt': 'one', '/workspace/in.txt': '' });
  const state = memoryState();
  const own = { ...ports, files, state };
  const plan = await planRun(sandbox, filesAndState, own);
  expect(plan.value).toEqual(['two', { name: 'a' }, ['deep/', 'in.txt', 'out.txt']]);
  expect(plan.effects.map(({ kind, params }) => [kind, params.path ?? params.key])).toEqual([
    ['file', '/workspace/out.txt'],
    ['call', undefined],
    ['file', '/workspace/deep/name.txt'],
    ['state', 'last'],
  ]);
  expect([files.files.get('/workspace/out.txt'), state.values.size]).toEqual(['one', 0]);
  expect(await carryOut(plan, own)).toMatchObject({ status: 'returned' });
  expect(files.files.get('/workspace/deep/name.txt')).toBe('It is a');
  expect(state.values.get('last')).toBe('{"name":"a"}');
  const other = "await writeFile('/workspace/out.txt', 'three');";
  expect(await carryOut(plan, own, other)).toMatchObject({ error: { code: 'NOT_IN_PLAN' } });
});

test('a body of several calls is folded, with answers as seen from the first of them', async () => {
  const { ports } = await open();
  const source = `
    for (let n = 1; n <= 4; n++) {
      const { receipt } = await callTool('shop', 'order', { item: 'tea ' + n, count: 2 * n });
      await callTool('shop', 'order', { item: receipt });
    }
  `;
  const plan = await planRun(sandbox, source, ports);
  expect(planText(plan).split('\n').slice(3)).toEqual([
    '1 to 8. 4 times:',
    '  1. shop.order {"item":"tea 1","count":2}',
    '     /item: "tea 1", "tea 2", "tea 3", … "tea 4", 4 different',
    '     /count: 2 to 8, 4 different',
    '  2. shop.order {"item":‹answer 1 /receipt›}',
    '',
  ]);
});

test('characters that act or hide are shown as escapes, and nobody can forge a part of an answer', async () => {
  const { ports } = await open();
  const text = 'a\u001b[31m\u202eb\n‹answer 1 /x›';
  const plan = await planRun(sandbox, `await setState('k', ${JSON.stringify(text)});`, ports);
  const shown = planText(plan, { expand: true });
  expect(shown.replaceAll('\\\\', '\\')).toContain(
    'a\\u001b[31m\\u202eb\\n\\u2039answer 1 /x\\u203a',
  );
  expect(shown).not.toMatch(/[\u001b\u202e‹]/u);
});

test('a program that ends with an error gives a partial plan', async () => {
  const { ports } = await open();
  const plan = await planRun(sandbox, 'throw new Error("\\u001b[31mno\\nway");', ports);
  expect(plan).toMatchObject({ status: 'partial', effects: [] });
  expect(planText(plan)).toContain('The program ended with Error: no way');
  expect(planText(plan)).not.toContain('\u001b');
});

test('a changed plan is not the one of its digest', async () => {
  const { ports } = await open();
  const plan = await planRun(sandbox, 'await setState("a", 1);', ports);
  expect(planText(plan)).toContain('Complete: 1 effect, 0 reads\n');
  expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  const changed = JSON.parse(JSON.stringify(plan).replace('"key":"a"', '"key":"b"'));
  expect(() => parsePlan(changed)).toThrow(expect.objectContaining({ code: 'PLAN_DAMAGED' }));
  expect(() => parsePlan(null)).toThrow(expect.objectContaining({ code: 'PLAN_DAMAGED' }));
});

test('host functions are withheld unless they only read, and a plan grants the one that it ends at', async () => {
  const rung: unknown[] = [];
  const extensions = {
    ring: { call: ([n]) => rung.push(n) },
    look: { readOnly: true, call: ([n]) => Number(n) + 1 },
  } satisfies Extensions;
  await using own = await createSandbox({ workers: 1, extensions });
  const folder = scratchFolder();
  const tools = await openServers(folder);
  const ports = { tools, preview: tools, files: memoryFiles(), state: memoryState() };
  const source = 'const n = await look(1); await ring(n); await ring(9);';
  const plan = await planRun(own, source, ports);
  expect(rung).toEqual([]);
  expect(plan).toMatchObject({
    status: 'partial',
    stop: { call: { tool: 'ring' } },
    effects: [{ kind: 'extension', tool: 'ring', params: { args: [2] } }],
  });
  const outcome = await own.run(source, planGrant(plan, ports));
  expect(outcome).toMatchObject({ status: 'threw', error: { code: 'NOT_IN_PLAN' } });
  expect(rung).toEqual([2]);
  const recorded = { calls: [{ id: 2, name: 'ring', args: ['[2]'], sent: true }], steps: [] };
  await own.run(source, planGrant(plan, { ...ports, recorded }));
  expect(rung).toEqual([2]);
});
