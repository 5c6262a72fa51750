import type { AgentRun, Decision } from '../agent-host.ts';
import { answerOfRun } from '../answer/of-run.ts';
import { maxPaths } from '../shape/select.ts';
import type { ToolInput } from './read-input.ts';
import { resultOf } from './result.ts';
import type { ToolContext, ToolResult } from './tool.ts';

/**
 * Starts or resumes a run and answers with it; asks about calls that wait for a decision, where
 * that can be asked of the client. Called again with the client's decisions, as the protocol has it
 * since 2026-07-28, it goes on with the run that waits.
 */
export async function answerRun(
  input: ToolInput,
  context: ToolContext,
  begin: () => Promise<AgentRun>,
): Promise<ToolResult> {
  const { client, budget, watch, asking, decideHint } = context;
  const code = input.optionalCode();
  const how = {
    ...(code !== undefined && { code }),
    select: input.texts('select', maxPaths),
    maxTokens: Math.max(leastTokens, input.whole('maxTokens', budget.most) ?? budget.preset),
    approvals: client.approvals,
    limits: client.limits,
    decideHint,
  };
  const resume = (runId: string, decisions: readonly Decision[]) =>
    client.resume({ runId, decisions, limits: {} }, watch);
  const decided = asking.answered();
  let run = decided === undefined ? await begin() : await resume(decided.runId, decided.decisions);
  for (let round = 0; round < maxRounds; round++) {
    const asked = await asking.ask(run, client.approvals);
    if (asked === undefined) break;
    if ('resultType' in asked) return asked;
    run = await resume(asked.runId, asked.decisions);
  }
  return resultOf(answerOfRun(run, { ...how, canAsk: asking.canAsk(run, client.approvals) }));
}

/** Below that the words around a result would not fit. */
const leastTokens = 300;
/** How often one call can ask the person at the client. */
const maxRounds = 100;
