import { expect } from 'vitest';
import { test } from '../harness.ts';
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
