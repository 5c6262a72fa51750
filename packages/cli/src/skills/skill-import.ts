import { identifierFor } from '@org/codegen';
import { camelName } from '@org/core';

/** How a program imports a skill, under a name that another skill does not have: `find-todos` as `findTodos`. */
export function skillImport(id: string): string {
  return `import ${identifierFor(camelName(id))} from './skills/${id}'`;
}
