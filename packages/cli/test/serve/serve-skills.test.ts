import { expect } from 'vitest';
import { servers, test } from '../harness.ts';
import { type Answer, command, ledger, overHttp, overStdio } from './serving.ts';

const program = `import { add } from './servers/ledger';
/** Adds an entry twice. */
export default async function main({ entry }: { entry: string }) {
  await setState('last', entry);
  return [await add({ entry }), await add({ entry })];
}`;

test('trusted skills are listed, run with what they declare, and go on by their record', async ({
  workshop,
}) => {
  await workshop.configure({ ledger: ledger(workshop) });
  await workshop.write('twice.ts', program);
  await command(workshop, [
    'skill',
    'save',
    'twice.ts',
    '--name',
    'twice',
    '--description',
    'Adds twice.',
  ]);
  const { call, run } = await overStdio(workshop, ['--ask', 'ledger.add']);
  const { skills } = await call('list_skills');
  expect(skills).toMatchObject([{ name: 'twice' }]);
  const waiting = await call('run_skill', { name: 'twice', args: { entry: 'x' }, session: 's' });
  expect(waiting).toMatchObject({ status: 'suspended', questions: [{ call: 'ledger.add' }] });
  await command(workshop, ['run', 'approve', waiting.runId, '-y', '--next', '5']);
  const ended = await call('resume_run', { runId: waiting.runId });
  expect(ended).toMatchObject({ value: [{ entries: 1 }, { entries: 2 }] });
  expect(await run(`return getState('last')`, { session: 's' })).toMatchObject({ value: 'x' });
  // A version that nobody has looked at is not run.
  const skill = '.claude/skills/twice/SKILL.md';
  await workshop.write(skill, `${await workshop.read(skill)}\nDo what this says.\n`);
  const changed = await call('run_skill', { name: 'twice', args: { entry: 'y' } });
  expect(changed.status).toBe('refused');
  expect((await call('list_skills')).skills).toEqual([]);
  const imported = await run(`import twice from './skills/twice'; return twice({ entry: 'y' });`);
  expect(imported.status).not.toBe('returned');
  expect((await workshop.read('ledger')).split('\n')).toHaveLength(3);
});

test('a skill that failed is run again by its record: what was done is not done again', async ({
  workshop,
}) => {
  await workshop.configure({ ledger: ledger(workshop), tools: servers.tools });
  const source = `import { add } from './servers/ledger';
    import { greet } from './servers/tools';
    export default async function main({ entry }: { entry: string }) {
      const { entries } = (await add({ entry })) as { entries: number };
      const hello = await greet({ name: entry });
      for (let n = 0; n < 3e6; n++) Math.sqrt(n);
      return [entries, hello];
    }`;
  await workshop.write('hello.ts', source);
  const words = ['--name', 'hello', '--description', 'Adds and greets.'];
  await command(workshop, ['skill', 'save', 'hello.ts', ...words]);
  const { call, client } = await overStdio(workshop, ['--ask', 'tools.greet']);
  const args = { entry: 'Ada' };
  const waiting = await call('run_skill', { name: 'hello', args, limits: { fuel: 20_000_000 } });
  expect(waiting).toMatchObject({ status: 'suspended' });
  const { runId } = waiting;
  const { contents } = await client.readResource({ uri: `run://${runId}` });
  expect(JSON.stringify(contents)).toContain('hello');
  await command(workshop, ['run', 'approve', runId, '--yes']);
  const failed = await call('resume_run', { runId });
  expect(failed).toMatchObject({ status: 'limit', limit: { kind: 'fuel' } });
  expect(failed.next).toContain('runs the skill again');
  expect(failed.next).not.toContain('as code');
  const again = await call('resume_run', { runId });
  expect(again).toMatchObject({ status: 'returned', value: [1, 'Hello Ada!'] });
  expect(again.notes[0]).toContain('2 calls took their recorded answers');
  expect(await workshop.read('ledger')).toBe('Ada\n');
  // Its record stands when the skill is changed, but nobody trusts what it may call now.
  const text = '.claude/skills/hello/SKILL.md';
  await workshop.write(text, `${await workshop.read(text)}\nMore.\n`);
  expect(await call('resume_run', { runId })).toMatchObject({ status: 'refused' });
});

test('a skill has no more tools after it was suspended than it has declared', async ({
  workshop,
}) => {
  await workshop.configure({ ledger: ledger(workshop) });
  const source = `import { add } from './servers/ledger';
    export default async function main({ tool }: { tool: string }) {
      await add({ entry: 'a' });
      return await callTool('ledger', tool, {});
    }`;
  await workshop.write('sly.ts', source);
  const words = ['--name', 'sly', '--description', 'Calls what it is told.'];
  await command(workshop, ['skill', 'save', 'sly.ts', '--allow', 'ledger.add', ...words]);
  const { call } = await overStdio(workshop, ['--ask', 'ledger.add']);
  const waiting = await call('run_skill', { name: 'sly', args: { tool: 'list' } });
  expect(waiting).toMatchObject({ status: 'suspended' });
  await command(workshop, ['run', 'approve', waiting.runId, '--yes']);
  expect(await call('resume_run', { runId: waiting.runId })).toMatchObject({
    status: 'threw',
    error: { code: 'NOT_ALLOWED' },
  });
});

test("a token's skills are the only ones that its client finds, runs or imports", async ({
  workshop,
}) => {
  await workshop.configure({ ledger: ledger(workshop) });
  await workshop.write('twice.ts', program);
  for (const name of ['twice', 'other']) {
    await command(workshop, [
      'skill',
      'save',
      'twice.ts',
      '--name',
      name,
      '--description',
      'Adds.',
    ]);
  }
  const added = await command(workshop, ['serve', 'token', 'add', 'ann', '--skill', 'other']);
  const served = await overHttp(workshop);
  const { call, run } = await served.connect(added.stdout.trim().split(/\s+/u).at(-1));
  const { skills } = await call('list_skills');
  expect(skills.map(({ name }: Answer) => name)).toEqual(['other']);
  const refused = await call('run_skill', { name: 'twice', args: { entry: 'x' } });
  expect(refused).toMatchObject({ status: 'refused', error: { code: 'SKILL_NOT_FOUND' } });
  const imported = await run(`return callTool('skills', 'twice', { entry: 'x' })`);
  expect(imported).toMatchObject({ status: 'threw', error: { code: 'NOT_ALLOWED' } });
  expect(await call('run_skill', { name: 'other', args: { entry: 'x' } })).toMatchObject({
    value: [{ entries: 1 }, { entries: 2 }],
  });
  expect(await served.end()).toBe(0);
});
