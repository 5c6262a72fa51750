import { SandboxError } from '@org/core';
import type { AgentClient, Decision } from '../agent-host.ts';
import { questionText } from '../approval-form.ts';
import { ToolInput } from './read-input.ts';
import { answerRun } from './run-tool.ts';
import { limits, maxTokens, sameAnswerSchema, select } from './schema.ts';
import { type AgentTool, namesIn, runsPrograms, type ToolContext } from './tool.ts';

export const resumeRun: AgentTool = {
  name: 'resume_run',
  title: 'Go on with a run',
  description:
    'Go on with a run that is suspended, failed or was lost; calls that were answered are not made again. Of a run that returned, show its result again: with select other parts of it.',
  inputSchema: {
    type: 'object',
    properties: {
      runId: { type: 'string' },
      decision: {
        enum: ['approve', 'refuse'],
        description: 'About the calls that wait. Approve only with the word of the user',
      },
      unknownCalls: {
        enum: ['retry', 'fail'],
        description: 'What to do with calls that were sent and never answered',
      },
      code: {
        type: 'string',
        description: 'The corrected program: equal calls take their recorded answers',
      },
      limits,
      maxTokens,
      select,
    },
    required: ['runId'],
  },
  outputSchema: sameAnswerSchema,
  annotations: runsPrograms,
  async call(raw, context) {
    const { client, watch, decideHint } = context;
    const input = new ToolInput('resume_run', raw, namesIn(resumeRun));
    const runId = input.text('runId', '3f0c…');
    const decision = input.choice('decision', ['approve', 'refuse']);
    const unknownCalls = input.choice('unknownCalls', ['retry', 'fail']);
    const code = input.optionalCode();
    const own = input.limits(client.limits);
    return answerRun(input, context, async () => {
      const decisions = await decisionsOf(client, runId, decision, decideHint);
      return client.resume(
        {
          runId,
          decisions,
          limits: own,
          ...(unknownCalls !== undefined && { unknownCalls }),
          ...(code !== undefined && { code }),
        },
        watch,
      );
    });
  },
};

/** The model's decision about all calls of a run that wait. */
async function decisionsOf(
  client: AgentClient,
  runId: string,
  decision: 'approve' | 'refuse' | undefined,
  decideHint: ToolContext['decideHint'],
): Promise<readonly Decision[]> {
  if (decision === undefined) return [];
  const approve = decision === 'approve';
  if (approve && client.approvals !== 'agent') {
    throw new SandboxError('NOT_ALLOWED', 'You cannot approve calls: a person has to.', {
      hint: `Call resume_run with runId ${JSON.stringify(runId)} and no decision: it asks the person, or says who can decide.`,
    });
  }
  const { questions = [] } = (await client.run(runId)) ?? {};
  if (approve && questionText(questions) === undefined) {
    throw new SandboxError(
      'NOT_ALLOWED',
      'What waits is too long to be judged in a conversation.',
      {
        hint: `Tell the user that ${decideHint(runId)}`,
      },
    );
  }
  return questions.map(({ id }) => ({ questionId: id, approve, further: 0, by: 'agent' }));
}
