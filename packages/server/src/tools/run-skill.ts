import { ToolInput } from './read-input.ts';
import { answerRun } from './run-tool.ts';
import { limits, maxTokens, sameAnswerSchema, select, session } from './schema.ts';
import { type AgentTool, namesIn, runsPrograms } from './tool.ts';

export const runSkill: AgentTool = {
  name: 'run_skill',
  title: 'Run a skill',
  description: 'Run a saved program that list_skills names.',
  inputSchema: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      args: { type: 'object', description: 'As its parameters say' },
      session,
      limits,
      maxTokens,
      select,
    },
    required: ['name'],
  },
  outputSchema: sameAnswerSchema,
  annotations: runsPrograms,
  call(raw, context) {
    const input = new ToolInput('run_skill', raw, namesIn(runSkill));
    const request = {
      name: input.text('name', 'weekly-report'),
      args: input.args(),
      session: input.session(context.session),
      limits: input.limits(context.client.limits),
    };
    return answerRun(input, context, () => context.client.runSkill(request, context.watch));
  },
};
