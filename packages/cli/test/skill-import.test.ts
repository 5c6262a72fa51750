import { expect, test } from 'vitest';
import { skillImport } from '../src/skills/skill-import.ts';

test.for<[string, string]>([
  ['find-todos', 'findTodos'],
  ['greeter', 'greeter'],
  ['3d-plot', '_3d_plot'],
  ['delete', 'delete_'],
  ['call-tool', 'callTool_'],
])('skillImport() of %s declares %s', ([id, name]) => {
  expect(skillImport(id)).toBe(`import ${name} from './skills/${id}'`);
  expect(() => new Function(`let ${name};`)).not.toThrow();
});
