import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ElicitRequestFormParams,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { AgentRun, ApprovalRule, Decision, PendingQuestion } from './agent-host.ts';
import { approvalForm, decisionIn, questionText } from './approval-form.ts';

/** What was decided about the calls of a run that waits. */
interface Decided {
  readonly runId: string;
  readonly decisions: readonly Decision[];
}

/** Asks the person at the client about the calls of a run. */
export interface Asking {
  /** Whether the person at the client can be asked about what the run waits for. */
  canAsk(run: AgentRun, rule: ApprovalRule): boolean;
  /** What was decided since the tool was called first; undefined at its first call. */
  answered(): Decided | undefined;
  /**
   * Undefined where there is nothing to ask, or nobody that can be asked, or no answer. A result
   * goes to the client, which calls the tool again with the decisions.
   */
  ask(run: AgentRun, rule: ApprovalRule): Promise<Decided | InputRequiredResult | undefined>;
}

/** What travels through the client between the two calls; signed. */
export interface AskedState {
  readonly runId: string;
  readonly questionIds: readonly string[];
}

/** How long a person may think. */
const answerMs = 600_000;
const key = 'approval';

export interface AskingOptions {
  readonly era: 'legacy' | 'modern';
  readonly server: McpServer;
  readonly request: ServerContext;
  readonly codec: RequestStateCodec<AskedState>;
}

export function createAsking({ era, server, request, codec }: AskingOptions): Asking {
  const { mcpReq } = request;
  const state = mcpReq.requestState<AskedState>();
  const elicits = canElicit(server, request);
  const messageFor = ({ questions = [] }: AgentRun, rule: ApprovalRule) =>
    rule === 'operator' || questions.length === 0 || !elicits ? undefined : questionText(questions);
  return {
    canAsk: (run, rule) => messageFor(run, rule) !== undefined,

    answered() {
      if (state === undefined) return undefined;
      const response = inputResponse(mcpReq.inputResponses, key);
      const decision = response.kind === 'elicit' ? decisionIn(response) : undefined;
      return decided(state.runId, state.questionIds, decision);
    },

    async ask(run, rule) {
      const message = messageFor(run, rule);
      const { questions = [] } = run;
      // Who has just said nothing is not asked the same again.
      const isSaid = state !== undefined && sameQuestions(state, run, questions);
      if (message === undefined || isSaid) return undefined;
      const { runId } = run.outcome;
      const questionIds = questions.map(({ id }) => id);
      const form: ElicitRequestFormParams = { message, requestedSchema: approvalForm };
      if (era === 'modern') {
        const requestState = await codec.mint({ runId, questionIds }, request);
        return inputRequired({
          requestState,
          inputRequests: { [key]: inputRequired.elicit(form) },
        });
      }
      const decision = await mcpReq
        .elicitInput(form, {
          relatedRequestId: mcpReq.id,
          timeout: answerMs,
          signal: mcpReq.signal,
        })
        .then(decisionIn, () => undefined);
      return decision && decided(runId, questionIds, decision);
    },
  };
}

function decided(
  runId: string,
  questionIds: readonly string[],
  decision: ReturnType<typeof decisionIn>,
): Decided {
  const decisions = decision
    ? questionIds.map((questionId) => ({ questionId, by: 'client' as const, ...decision }))
    : [];
  return { runId, decisions };
}

function sameQuestions(
  state: AskedState,
  { outcome }: AgentRun,
  questions: readonly PendingQuestion[],
): boolean {
  const asked = new Set(state.questionIds);
  return outcome.runId === state.runId && questions.every(({ id }) => asked.has(id));
}

/** Whether the client has said, with the request or when it connected, that it asks people. */
function canElicit({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope: Record<string, unknown> = { ...mcpReq.envelope };
  const own = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  const elicitation = (own ?? server.getClientCapabilities())?.elicitation;
  if (elicitation === undefined) return false;
  // Clients before modes existed declare an empty object.
  return elicitation.form !== undefined || elicitation.url === undefined;
}
