import { type Approver, parseServerId } from '@org/core';
import { expect, test } from 'vitest';
import {
  type ApprovalStore,
  Approvals,
  memoryApprovals,
  type PendingCall,
} from '../src/approvals.ts';
import type { BridgeEvent } from '../src/bridge-event.ts';
import { pin } from '../src/definition-change.ts';
import { toolOf } from './tool-of.ts';

type Answer = 'once' | 'always' | 'no';

const server = parseServerId('files');
const tool = toolOf('remove', undefined, { description: 'Removes.' });
const never = new AbortController().signal;
const pending = (more: Partial<PendingCall> = {}): PendingCall => ({
  ...{ server, tool, paramsJson: '{"a":1}', blobs: [], because: 'the rule "files"' },
  ...more,
});

/** Whom calls are asked of; each question stays open until it is answered. */
function person(options: Pick<Approver, 'by' | 'parallel'> = {}) {
  const questions: { request: unknown; signal: AbortSignal; answer: (answer: Answer) => void }[] =
    [];
  let arrived = () => {};
  const approver: Approver = {
    ...options,
    approve: (request, { signal }) =>
      new Promise((resolve) => {
        questions.push({ request, signal, answer: resolve });
        arrived();
      }),
  };
  const asked = async (count: number) => {
    while (questions.length < count) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
    return questions[count - 1] as (typeof questions)[number];
  };
  return { approver, questions, asked };
}

function approvalsOf(
  approver?: Approver,
  store: ApprovalStore = memoryApprovals(),
  events: BridgeEvent[] = [],
): Approvals {
  return new Approvals({ approver, store, onEvent: (event) => events.push(event) });
}

test('without anybody to ask, the error says why a person has to approve', async () => {
  await expect(approvalsOf().require(pending(), never)).rejects.toMatchObject({
    code: 'APPROVAL_REQUIRED',
    message: expect.stringContaining('"remove" of server "files" (the rule "files")'),
  });
});

test('once holds for one call, and its approver is named', async () => {
  const store = memoryApprovals();
  const { approver, asked, questions } = person({ by: 'ann' });
  const approvals = approvalsOf(approver, store);
  const first = approvals.require(pending(), never);
  (await asked(1)).answer('once');
  expect(await first).toEqual({ approved: 'once', by: 'ann' });
  expect(await store.find('files', 'remove')).toBeUndefined();
  const second = approvals.require(pending(), never);
  (await asked(2)).answer('no');
  await expect(second).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
    message: expect.stringContaining('"remove" of server "files"'),
  });
  expect(questions).toHaveLength(2);
});

test('always is kept with the definition, and later calls are not asked about', async () => {
  const store = memoryApprovals();
  const { approver, asked, questions } = person();
  const first = approvalsOf(approver, store).require(pending(), never);
  (await asked(1)).answer('always');
  expect(await first).toStrictEqual({ approved: 'always' });
  expect(await store.find('files', 'remove')).toEqual(pin(tool));
  const later = await approvalsOf(undefined, store).require(pending(), never);
  expect(later).toEqual({ approved: 'remembered' });
  expect(questions).toHaveLength(1);
});

test('an answer that is none of the three does not let the call through', async () => {
  const approver: Approver = { approve: async () => 'yes' as never };
  await expect(approvalsOf(approver).require(pending(), never)).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
});

test('the question has what is sent, and only what there is', async () => {
  const { approver, asked } = person({ parallel: true });
  const approvals = approvalsOf(approver);
  void approvals.require(pending(), never);
  const plain = { server: 'files', tool: 'remove', paramsJson: '{"a":1}' };
  expect((await asked(1)).request).toStrictEqual({ ...plain, definitionDigest: tool.digest });
  const context = { run: 'r' } as never;
  const blobs = [{ handle: 'h', bytes: 3 }] as never;
  void approvals.require(pending({ blobs, context, givenJson: '' }), never);
  expect((await asked(2)).request).toStrictEqual({
    ...plain,
    ...{ definitionDigest: tool.digest, blobs, context, givenJson: '' },
  });
});

test('calls are asked about one after another, and an always answers those that wait', async () => {
  const { approver, asked, questions } = person();
  const approvals = approvalsOf(approver);
  const calls = [1, 2, 3].map(() => approvals.require(pending(), never));
  (await asked(1)).answer('always');
  expect((await Promise.all(calls)).map(({ approved }) => approved)).toEqual([
    ...['always', 'remembered', 'remembered'],
  ]);
  expect(questions).toHaveLength(1);
});

test('a no to one call does not keep the next from being asked about', async () => {
  const { approver, asked, questions } = person();
  const approvals = approvalsOf(approver);
  const first = approvals.require(pending(), never);
  const second = approvals.require(pending(), never);
  await asked(1);
  expect(questions).toHaveLength(1);
  questions[0]?.answer('no');
  await expect(first).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  (await asked(2)).answer('once');
  expect(await second).toEqual({ approved: 'once' });
});

test('a parallel approver has all questions at one time', async () => {
  const { approver, asked, questions } = person({ parallel: true });
  const approvals = approvalsOf(approver);
  const calls = [1, 2].map(() => approvals.require(pending(), never));
  await asked(2);
  for (const { answer } of questions) answer('once');
  expect(await Promise.all(calls)).toEqual([{ approved: 'once' }, { approved: 'once' }]);
});

test.each([false, true])('an abort gives an open question up (parallel: %s)', async (parallel) => {
  const { approver, asked, questions } = person({ parallel });
  const approvals = approvalsOf(approver);
  const abort = new AbortController();
  const given = approvals.require(pending(), abort.signal);
  await asked(1);
  abort.abort();
  await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
  expect(questions[0]?.signal).toBe(abort.signal);
  const next = approvals.require(pending(), never);
  (await asked(2)).answer('once');
  expect(await next).toEqual({ approved: 'once' });
  expect(questions).toHaveLength(2);
});

test('a call that is aborted while it waits is not asked about', async () => {
  const { approver, asked, questions } = person();
  const approvals = approvalsOf(approver);
  const first = approvals.require(pending(), never);
  const abort = new AbortController();
  const second = approvals.require(pending(), abort.signal);
  const third = approvals.require(pending({ paramsJson: '{}' }), never);
  await asked(1);
  abort.abort();
  await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
  questions[0]?.answer('once');
  await first;
  const last = await asked(2);
  expect(last.request).toMatchObject({ paramsJson: '{}' });
  last.answer('once');
  await third;
});

test('a store that hangs keeps no call beyond its abort', async () => {
  const abort = new AbortController();
  const store = { ...memoryApprovals(), find: () => new Promise<undefined>(() => {}) };
  const given = approvalsOf(undefined, store).require(pending(), abort.signal);
  abort.abort();
  await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
});

test('another definition than the approved is refused without a question, and told', async () => {
  const store = memoryApprovals();
  const old = toolOf('remove', { readOnlyHint: true }, { digest: 'old', description: 'Reads.' });
  await store.save('files', 'remove', pin(old));
  const events: BridgeEvent[] = [];
  const { approver, questions } = person();
  await expect(
    approvalsOf(approver, store, events).require(pending(), never),
  ).rejects.toMatchObject({
    code: 'DEFINITION_CHANGED',
    message: expect.stringContaining('description, annotations changed'),
  });
  expect(questions).toEqual([]);
  expect(events).toEqual([
    {
      ...{ type: 'definitionChanged', server: 'files', tool: 'remove' },
      changes: [
        { part: 'description', before: '"Reads."', after: '"Removes."' },
        { part: 'annotations', before: '{"readOnlyHint":true}' },
      ],
    },
  ]);
});

test('an approval of one tool is none of another, nor of another server', async () => {
  const store = memoryApprovals();
  await store.save('files', 'remove', pin(tool));
  const approvals = approvalsOf(undefined, store);
  for (const other of [{ server: parseServerId('mail') }, { tool: toolOf('Remove') }]) {
    await expect(approvals.require(pending(other), never)).rejects.toMatchObject({
      code: 'APPROVAL_REQUIRED',
    });
  }
});
