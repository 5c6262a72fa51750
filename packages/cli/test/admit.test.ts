import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { parseSkillId } from '@org/core';
import { type CheckedSkill, createSkillStore, metadataFile } from '@org/skill-store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admitSkill } from '../src/skills/admit.ts';
import { TerminalQuestions } from '../src/terminal-questions.ts';

const id = parseSkillId('greeter');
let root: string;
let skill: CheckedSkill;
const storeOf = (pins: string) =>
  createSkillStore({ folders: [path.join(root, '.claude/skills')], pins: path.join(root, pins) });

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'admit-'));
  const metadata = {
    ...{
      name: id,
      description: 'Greets \u001B[2J\u202Enobody',
      kind: 'server' as const,
      created: 'now',
    },
    ...{ createdWith: 'test', parameters: {}, allow: ['tools.greet'], tools: [], servers: [] },
  } as const;
  const store = storeOf('author');
  await store.save(id, new Map([['metadata.json', metadataFile(metadata)]]));
  skill = (await store.read(id)) as CheckedSkill;
});
afterEach(() => rm(root, { recursive: true }));

/** What is shown when the person answers with `text`, and whether the skill is admitted. */
async function asked(text: string): Promise<{ shown: string; admitted: boolean; held: number }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let held = 0;
  const hold = () => {
    held++;
    return { [Symbol.dispose]() {} };
  };
  input.end(text);
  const { signal } = new AbortController();
  const options = {
    trust: undefined,
    signal,
    person: new TerminalQuestions({ input, output, hold }),
  };
  const admitted = await admitSkill(storeOf('reader'), skill, options).then(
    () => true,
    (error) => {
      expect(error.code).toBe('SKILL_NOT_TRUSTED');
      return false;
    },
  );
  return { shown: String(output.read() ?? ''), admitted, held };
}

test('asks about a version that is not trusted, and shows what it may call', async () => {
  const { shown, admitted, held } = await asked('n\n');
  expect([admitted, held]).toEqual([false, 1]);
  expect(shown).toContain('The skill greeter is new here');
  expect(shown).toContain('It may call: tools.greet');
  expect(shown).toContain('Greets \\u{001b}[2J\\u{202e}nobody');
});

test.each(['', '\n', 'no\n', 'yes please\n', 'Y!\n'])('takes %j for a no', async (text) => {
  expect((await asked(text)).admitted).toBe(false);
});

test('y admits it once, a for always, and --trust-skill without asking', async () => {
  expect((await asked('y\n')).admitted).toBe(true);
  expect((await asked('n\n')).admitted).toBe(false);
  expect((await asked('a\n')).admitted).toBe(true);
  expect(await asked('n\n')).toEqual({ shown: '', admitted: true, held: 0 });
  const store = storeOf('another');
  const { signal } = new AbortController();
  await expect(admitSkill(store, skill, { trust: false, signal })).rejects.toThrow('is new here');
  await admitSkill(store, skill, { trust: true, signal });
  await admitSkill(store, skill, { trust: false, signal });
});

test('says what has changed since the version that is nearest to it was trusted', async () => {
  const { signal } = new AbortController();
  await admitSkill(storeOf('reader'), skill, { trust: true, signal });
  const further = { ...skill, checksum: `${'0'.repeat(64)}  SKILL.md\n`, digest: '0'.repeat(64) };
  await storeOf('reader').trust(further);
  const file = path.join(root, '.claude/skills/greeter/metadata.json');
  const metadata = JSON.parse(await readFile(file, 'utf8'));
  const store = storeOf('author');
  const changed = metadataFile({ ...metadata, allow: ['tools.delete'] });
  await store.save(id, new Map([['metadata.json', changed]]));
  skill = (await store.read(id)) as CheckedSkill;
  const { shown, admitted } = await asked('n\n');
  expect(admitted).toBe(false);
  expect(shown).toContain('The skill greeter has changed since you trusted it: metadata.json (');
  expect(shown).toContain('It may call: tools.delete');
});
