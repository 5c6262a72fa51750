import type { Node, Syntax } from './syntax.ts';

/** Server and tool of each `callTool('server', 'tool', …)` whose names are written there. */
export function literalCalls({ body }: Syntax): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  const waiting: unknown[] = [...body];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null) continue;
    const { type, callee, arguments: given } = node as Node;
    if (type === 'CallExpression' && callee?.name === 'callTool') {
      const [server, tool] = given as Node[];
      if (typeof server?.value === 'string' && typeof tool?.value === 'string') {
        found.push([server.value, tool.value]);
      }
    }
    waiting.push(...Object.values(node));
  }
  return found;
}
