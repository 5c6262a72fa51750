import path from 'node:path';
import { SandboxError } from '@org/core';
import { expect, onTestFinished, test } from 'vitest';
import { openRunStore, type RunStore } from '../src/index.ts';
import { StoreJournal } from '../src/store-journal.ts';
import { scratchFolder } from './harness.ts';

const call = (id: number) => ({ id, name: 'callTool', args: ['s', 't', '{}'] });
const answer = (id: number) => ({ id, answer: { ok: true, text: '1' } }) as const;

/** A run in a store, and what another process sees of its journal. */
function openRun(resumed = false) {
  const file = path.join(scratchFolder(), 'runs.db');
  const [store, other] = [openRunStore({ path: file }), openRunStore({ path: file })];
  onTestFinished(() => {
    store[Symbol.dispose]();
    other[Symbol.dispose]();
  });
  const made = { name: 'a.ts', mode: 'run', args: {}, seed: 's', startTime: 1 } as const;
  store.add({ runId: 'r', ...made, engineDigest: 'e' });
  const survived: boolean[] = [];
  const watched: RunStore = Object.create(store, {
    append: {
      value: (...args: Parameters<RunStore['append']>) => {
        survived.push(args[2]);
        store.append(...args);
      },
    },
  });
  const mayRetry = ({ id }: { id: number }) => id > 1;
  const journal = new StoreJournal({ store: watched, runId: 'r', mayRetry, resumed });
  const seen = () => other.read('r').recorded;
  return { store, journal, seen, survived };
}

test('what leaves and what comes back is kept when sent() and answered() return, with all before', () => {
  const { journal, seen } = openRun();
  journal.called(call(1), false);
  expect(seen().calls).toEqual([]);
  journal.sent(1, false);
  expect(seen().calls).toEqual([{ ...call(1), sent: true }]);
  journal.answered(answer(1), false);
  expect(seen().calls).toEqual([{ ...call(1), sent: true, answer: answer(1).answer }]);
  journal.stepped({ clock: 1, answers: [1] }, false);
  expect(seen().steps).toEqual([]);
  journal.called(call(2), false);
  journal.sent(2, false);
  expect(seen()).toMatchObject({ calls: [{ id: 1 }, { id: 2 }], steps: [{ answers: [1] }] });
});

test('the rest is kept in the next turn of the event loop', async () => {
  const { journal, seen } = openRun();
  journal.called(call(1), false);
  journal.watching()({ type: 'log', log: { level: 'info', message: 'x' } });
  await new Promise(setImmediate);
  expect(seen().calls).toHaveLength(1);
});

test('only calls that may not be made again are forced to the disk before they leave', () => {
  const { journal, survived } = openRun();
  for (const id of [1, 2]) {
    journal.called(call(id), false);
    journal.sent(id, false);
    journal.answered(answer(id), false);
  }
  expect(survived).toEqual([true, false, false, false]);
});

test('a resumed run keeps nothing twice, and another run keeps all that it repeats', () => {
  for (const resumed of [true, false]) {
    const { journal, seen, survived } = openRun(resumed);
    journal.called(call(1), true);
    journal.sent(1, true);
    journal.answered(answer(1), true);
    journal.stepped({ clock: 1, answers: [1] }, true);
    journal.flush();
    expect(seen().calls).toHaveLength(resumed ? 0 : 1);
    expect(seen().steps).toHaveLength(resumed ? 0 : 1);
    expect(survived).not.toContain(true);
  }
});

test('what could not be kept in a later turn is thrown at the next thing that is told', async () => {
  const { store, journal } = openRun();
  journal.called(call(1), false);
  store.suspend('r');
  await new Promise(setImmediate);
  journal.called(call(2), false);
  expect(() => journal.sent(2, false)).toThrow(SandboxError);
  expect(() => journal.flush()).toThrow(SandboxError);
});
