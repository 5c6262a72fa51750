import type { JsonValue, ServerId, ToolDefinition } from '@org/core';
import { expect, test } from 'vitest';
import {
  createObservedTypes,
  generateServerFiles,
  memoryObservedStore,
  type ObservedStore,
} from '../../src/index.ts';
import { catalogOf, typeErrors } from '../workbench.ts';

const server = 'github' as ServerId;
const catalog = catalogOf('github', [
  { name: 'get_issue' },
  { name: 'declared', outputSchema: { type: 'object' } },
]);
const [declared, tool] = ['declared', 'get_issue'].map((name) =>
  catalog.tools.find((one) => one.name === name),
) as [ToolDefinition, ToolDefinition];

const issue = (assignee: JsonValue) => ({ id: 1, assignee, labels: [{ name: 'x' }] });
const person = { login: 'ada' };

async function learned(store: ObservedStore, ...results: JsonValue[]) {
  const types = createObservedTypes({ store });
  for (const result of results) await types.onResult(server, tool, result);
  await types.flush();
  return types;
}

const wrapper = (files: ReadonlyMap<string, string>): string =>
  files.get('/mcp-tools/servers/github/get_issue.ts') ?? '';

test('results widen a type, which the wrapper has with their number, and another process too', async () => {
  const store = memoryObservedStore();
  await learned(store, issue(person));
  await learned(store, issue(null), issue(person));
  const types = await createObservedTypes({ store }).typesOf(catalog);
  const files: ReadonlyMap<string, string> = generateServerFiles(catalog, 'github', {
    observed: types,
  });
  const text = wrapper(files);
  expect(text).toContain('@returns observed (3)');
  expect(text).toContain('assignee: { login: string } | null');
  expect(files.get('/mcp-tools/servers/github/declared.ts')).not.toContain('observed');
  const program = (line: string): ReadonlyMap<string, string> =>
    new Map<string, string>([
      ...files,
      [
        '/mcp-tools/program.ts',
        `import { get_issue } from './servers/github/index.js';\nconst issue = await get_issue();\n${line}\nexport {};`,
      ],
    ]);
  expect(typeErrors(program('const name: string | undefined = issue.assignee?.login;'))).toBe('');
  expect(typeErrors(program('issue.assignee.login;'))).toContain("is possibly 'null'");
});

test('without results, and for another definition, the type is unknown', async () => {
  const store = memoryObservedStore();
  const before = await createObservedTypes({ store }).typesOf(catalog);
  expect(wrapper(generateServerFiles(catalog, 'github', { observed: before }))).toContain(
    'Promise<unknown>',
  );
  await learned(store, issue(person));
  const tools = catalog.tools.map((one) => ({ ...one, digest: 'e'.repeat(64) }));
  const after = await createObservedTypes({ store }).typesOf({ ...catalog, tools });
  expect(after).toEqual(new Map());
});

test('onResult() tells what does not fit the type that the agent has, without values', async () => {
  const store = memoryObservedStore();
  await learned(store, issue(person), issue(person));
  const types = createObservedTypes({ store });
  expect(await types.onResult(server, tool, issue(person))).toBeUndefined();
  const secret = 'canary-7c20';
  const told = await types.onResult(server, tool, {
    assignee: null,
    labels: [{ name: 7 }, { name: secret }],
    more: secret,
  });
  expect(told).toBe(
    'github.get_issue: result.assignee is null; the type says object (observed 2). ' +
      'result.id is missing; the type says number (observed 2). ' +
      'result.labels[].name is number; the type says string (observed 2). The type has been widened.',
  );
  // The agent still has the type that it began with.
  expect(await types.onResult(server, tool, issue(null))).toContain('assignee is null');
  await types.typesOf(catalog);
  expect(await types.onResult(server, tool, issue(null))).toBeUndefined();
});

test('what was unknown to the agent is no contradiction', async () => {
  const types = createObservedTypes({ store: memoryObservedStore() });
  for (const result of [issue(person), 'text', null, []]) {
    expect(await types.onResult(server, tool, result)).toBeUndefined();
  }
});

test('a root of another kind, and hostile names, are told plainly and shortly', async () => {
  const store = memoryObservedStore();
  const names = ['a\u001b[2J', '__proto__', 'x"]; drop', 'y'.repeat(40)];
  await learned(store, Object.fromEntries(names.map((name) => [name, 1])));
  await learned(store, ...Array.from({ length: 3 }, () => JSON.parse('{"__proto__":1,"b c":1}')));
  const types = createObservedTypes({ store });
  expect(await types.onResult(server, tool, 'text')).toMatch(
    /^github.get_issue: result is string; the type says object \(observed 4\)\./,
  );
  const told = (await types.onResult(server, tool, {})) ?? '';
  expect(told.length).toBeLessThan(600);
  expect(told).not.toMatch(/[\p{Cc}]/u);
});

test('tools that declare their results are not observed', async () => {
  const store = memoryObservedStore();
  const types = createObservedTypes({ store });
  await types.onResult(server, declared, { a: 1 });
  await types.flush();
  expect(await store.read(server)).toBeUndefined();
});

test.each(['', 'null', '{"version":2,"tools":[]}', '{"version":1,"tools":[{}]}', '['.repeat(1e5)])(
  'a text that is none of ours (%.20s) is told, and replaced',
  async (text) => {
    const store = memoryObservedStore();
    await store.update(server, () => text);
    const problems: string[] = [];
    const types = createObservedTypes({ store, onProblem: (message) => problems.push(message) });
    expect(await types.typesOf(catalog)).toEqual(new Map());
    expect(problems).toEqual([expect.stringContaining('"github"')]);
    await types.onResult(server, tool, 1);
    await types.flush();
    expect((await createObservedTypes({ store }).typesOf(catalog)).size).toBe(1);
  },
);

test('a store that fails holds nothing up, and gets what it missed later', async () => {
  const store = memoryObservedStore();
  let broken = true;
  const fail = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  const failing: ObservedStore = {
    read: (id) => (broken ? fail() : store.read(id)),
    update: (id, change) => (broken ? fail() : store.update(id, change)),
  };
  const problems: string[] = [];
  const types = createObservedTypes({ store: failing, onProblem: (text) => problems.push(text) });
  await types.onResult(server, tool, 1);
  await types.flush();
  expect(problems).toEqual([
    expect.stringMatching(/read: ENOSPC\.$/),
    expect.stringMatching(/kept: ENOSPC\.$/),
  ]);
  broken = false;
  await types.onResult(server, tool, 'x');
  await Promise.all([types.flush(), types.flush()]);
  expect(await types.list(server)).toEqual([]);
  const [known] = await createObservedTypes({ store }).list(server);
  expect(known).toMatchObject({ results: 2, schema: { type: ['number', 'string'] } });
});

test('of many definitions of a tool the last three stay, and a text stays within 1 MiB', async () => {
  const store = memoryObservedStore();
  const digests = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64));
  for (const digest of digests) {
    const types = createObservedTypes({ store });
    await types.onResult(server, { ...tool, digest }, 1);
    await types.flush();
    const written = Date.now();
    while (Date.now() === written);
  }
  const kept = await createObservedTypes({ store }).list(server);
  expect(kept.map(({ digest }) => digest).sort()).toEqual(digests.slice(1));
  const types = createObservedTypes({ store });
  const wide = Object.fromEntries(
    Array.from({ length: 250 }, (_, index) => [`${'n'.repeat(30)}${index.toString(36)}x`, 1]),
  );
  for (let index = 0; index < 400; index++) {
    await types.onResult(server, { ...tool, name: `t${index}` as typeof tool.name }, wide);
  }
  await types.flush();
  const text = (await store.read(server)) ?? '';
  expect(text.length).toBeLessThanOrEqual(1024 * 1024);
  expect((await createObservedTypes({ store }).list(server)).length).toBeGreaterThan(80);
});

test('forget() forgets, also what this process has learned', async () => {
  const store = memoryObservedStore();
  const types = await learned(store, issue(person));
  expect(await types.forget(server, (name) => name === 'other')).toBe(0);
  expect(await types.forget(server, (name) => name === 'get_issue')).toBe(1);
  expect(await store.read(server)).toBeUndefined();
  expect(await types.typesOf(catalog)).toEqual(new Map());
});

test('the same results in another order are the same text', async () => {
  const results = [issue(null), issue(person), 'text', [1, null]];
  const texts = await Promise.all(
    [results, results.toReversed()].map(async (order) => {
      const store = memoryObservedStore();
      await learned(store, ...order);
      return (await store.read(server))?.replace(/"seen":"[^"]*"/, '');
    }),
  );
  expect(texts[0]).toBe(texts[1]);
});
