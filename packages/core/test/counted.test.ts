import { expect, test } from 'vitest';
import { counted } from '../src/index.ts';

test('counted() has one of a thing in the singular, and none or several in the plural', () => {
  expect([0, 1, 2, 1_000].map((amount) => counted(amount, 'call'))).toEqual([
    '0 calls',
    '1 call',
    '2 calls',
    '1,000 calls',
  ]);
  expect(counted(1, 'was', 'were')).toBe('1 was');
  expect(counted(1_234_567, 'entry', 'entries')).toBe('1,234,567 entries');
});
