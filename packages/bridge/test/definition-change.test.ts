import { describe, expect, test } from 'vitest';
import { changesSince, pin } from '../src/definition-change.ts';
import { toolOf } from './tool-of.ts';

const whole = toolOf(
  'x',
  { readOnlyHint: true },
  { title: 'X', description: 'Does.', outputSchema: { type: 'string' }, digest: 'one' },
);

describe('pin()', () => {
  test('keeps each part that there is as canonical JSON, and the digest', () => {
    expect(pin(whole)).toEqual({
      digest: 'one',
      parts: {
        ...{ title: '"X"', description: '"Does."', annotations: '{"readOnlyHint":true}' },
        ...{ inputSchema: '{"type":"object"}', outputSchema: '{"type":"string"}' },
      },
    });
    expect(pin(toolOf('y'))).toEqual({
      digest: 'digest of y',
      parts: { inputSchema: '{"type":"object"}' },
    });
  });

  test('keeps the BLAKE3 of a part of over 8,192 characters', () => {
    const described = (length: number) =>
      pin({ ...whole, description: 'd'.repeat(length - 2) }).parts.description;
    expect(described(8_192)).toHaveLength(8_192);
    expect(described(8_193)).toMatch(/^BLAKE3 [0-9a-f]{64}$/u);
    expect(described(8_193)).not.toBe(described(8_194));
  });
});

describe('changesSince()', () => {
  test('is empty for the same digest, and only then', () => {
    expect(changesSince(pin(whole), { ...whole, title: 'Y' })).toEqual([]);
    expect(changesSince(pin(whole), { ...whole, digest: 'two' })).toEqual([{ part: 'other' }]);
  });

  test('has the parts that differ, came or went', () => {
    const { title, annotations, ...rest } = whole;
    const changed = { ...rest, digest: 'two', description: 'Undoes.' };
    expect(changesSince(pin(whole), changed)).toStrictEqual([
      { part: 'title', before: '"X"' },
      { part: 'description', before: '"Does."', after: '"Undoes."' },
      { part: 'annotations', before: '{"readOnlyHint":true}' },
    ]);
    expect(changesSince(pin(changed), whole)).toStrictEqual([
      { part: 'title', after: '"X"' },
      { part: 'description', before: '"Undoes."', after: '"Does."' },
      { part: 'annotations', after: '{"readOnlyHint":true}' },
    ]);
    for (const schema of ['inputSchema', 'outputSchema'] as const) {
      const other = { ...whole, digest: 'two', [schema]: {} };
      expect(changesSince(pin(whole), other).map(({ part }) => part)).toEqual([schema]);
    }
  });
});
