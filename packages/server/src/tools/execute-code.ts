import { ToolInput } from './read-input.ts';
import { answerRun } from './run-tool.ts';
import { answerSchema, limits, maxTokens, session } from './schema.ts';
import { type AgentTool, namesIn, runsPrograms } from './tool.ts';

export const executeCode: AgentTool = {
  name: 'execute_code',
  title: 'Run a program',
  description:
    "Run a TypeScript program in a sandbox in which the tools of MCP servers are typed functions, imported from './servers/<server>'. Find them with search_tools. Make all calls of a task in one program, independent ones in one Promise.all. Only the value that it returns comes back.",
  inputSchema: {
    type: 'object',
    properties: {
      code: {
        type: 'string',
        description:
          'The program: imports, top-level await, `return <value>`. No fetch, shell or npm packages',
      },
      args: { type: 'object', description: 'The program finds it as `args`' },
      session,
      limits,
      maxTokens,
    },
    required: ['code'],
  },
  outputSchema: answerSchema,
  annotations: runsPrograms,
  call(raw, context) {
    const input = new ToolInput('execute_code', raw, namesIn(executeCode));
    const request = {
      code: input.code(),
      args: input.args(),
      session: input.session(context.session),
      limits: input.limits(context.client.limits),
    };
    return answerRun(input, context, () => context.client.execute(request, context.watch));
  },
};
