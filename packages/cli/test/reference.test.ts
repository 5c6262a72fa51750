import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reference, referencePath } from '../scripts/reference.ts';

test('docs/commands.md is what the commands say: node packages/cli/scripts/reference.ts --write', () => {
  expect(readFileSync(referencePath, 'utf8')).toBe(reference());
});
