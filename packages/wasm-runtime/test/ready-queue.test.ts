import { describe, expect, test } from 'vitest';
import { type Priority, ReadyQueue } from '../src/ready-queue.ts';

const entry = (name: string, priority: Priority = 'normal', begins = false) => ({
  name,
  priority,
  begins,
});

function drain(queue: ReadyQueue<ReturnType<typeof entry>>, mayBegin = true): string[] {
  const names: string[] = [];
  for (let first = queue.first(mayBegin); first !== undefined; first = queue.first(mayBegin)) {
    names.push(first.name);
    queue.remove(first);
  }
  return names;
}

describe('ReadyQueue', () => {
  test('first() goes by priority, then by turn, whether one begins or goes on', () => {
    const queue = new ReadyQueue<ReturnType<typeof entry>>();
    queue.add(entry('low', 'low'));
    queue.add(entry('first', 'normal', true));
    queue.add(entry('second'));
    queue.add(entry('third', 'normal', true));
    queue.add(entry('high', 'high', true));
    expect(queue.size).toBe(5);
    expect(drain(queue)).toEqual(['high', 'first', 'second', 'third', 'low']);
    expect(queue.size).toBe(0);
  });

  test('first() passes over those that begin, where none may', () => {
    const queue = new ReadyQueue<ReturnType<typeof entry>>();
    queue.add(entry('begins', 'high', true));
    queue.add(entry('goes on', 'low'));
    expect(drain(queue, false)).toEqual(['goes on']);
    expect(drain(queue)).toEqual(['begins']);
  });

  test('remove() says whether it was in', () => {
    const queue = new ReadyQueue<ReturnType<typeof entry>>();
    const one = entry('one');
    queue.add(one);
    expect([queue.remove(one), queue.remove(one), queue.size]).toEqual([true, false, 0]);
  });

  test('clear() takes out everybody', () => {
    const queue = new ReadyQueue<ReturnType<typeof entry>>();
    queue.add(entry('one'));
    queue.add(entry('two', 'low', true));
    expect(queue.clear().map(({ name }) => name)).toEqual(['one', 'two']);
    expect(drain(queue)).toEqual([]);
  });
});
