import {
  type ApprovalRequest,
  type Approver,
  type CallContext,
  SandboxError,
  type ServerId,
  type ToolDefinition,
} from '@org/core';
import { unlessAborted } from './abort.ts';
import type { PutBlob } from './blobs.ts';
import type { BridgeEvent } from './bridge-event.ts';
import { changesSince, type PinnedDefinition, pin } from './definition-change.ts';
import { quoted } from './lookup.ts';
import type { Approval } from './verdict.ts';

/** Where `always` is remembered. */
export interface ApprovalStore {
  find(server: string, tool: string): Promise<PinnedDefinition | undefined>;
  save(server: string, tool: string, pinned: PinnedDefinition): Promise<void>;
}

/** Remembers as long as it lives. */
export function memoryApprovals(): ApprovalStore {
  const approvals = new Map<string, PinnedDefinition>();
  const key = (server: string, tool: string) => JSON.stringify([server, tool]);
  return {
    find: async (server, tool) => approvals.get(key(server, tool)),
    save: async (server, tool, pinned) => {
      approvals.set(key(server, tool), pinned);
    },
  };
}

export interface ApprovalsOptions {
  readonly approver: Approver | undefined;
  readonly store: ApprovalStore;
  readonly onEvent: (event: BridgeEvent) => void;
}

export interface PendingCall {
  readonly server: ServerId;
  readonly tool: ToolDefinition;
  /** Exactly what is sent. */
  readonly paramsJson: string;
  /** What handles in the parameters stand for. */
  readonly blobs: readonly PutBlob[];
  /** Why the policy asks. */
  readonly because: string;
  readonly context?: CallContext;
  /** As the program gave the parameters, where a filter has changed them. */
  readonly givenJson?: string;
}

const remembered: Approval = { approved: 'remembered' };

/** Lets a call through that a person approved, now or for always. */
export class Approvals {
  readonly #options: ApprovalsOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /**
   * Asks about one call at a time, so that an `always` also answers the calls that wait behind it;
   * an approver that is `parallel` about all at once.
   * @throws SandboxError `APPROVAL_REQUIRED`: there is nobody to ask; `NOT_ALLOWED`: the answer is
   * no; `DEFINITION_CHANGED`: the tool is not the one that was approved; `ABORTED`
   */
  async require(call: PendingCall, signal: AbortSignal): Promise<Approval> {
    if (await unlessAborted(this.#isPinned(call), signal)) return remembered;
    const { approver } = this.#options;
    if (approver === undefined) {
      throw new SandboxError(
        'APPROVAL_REQUIRED',
        `A person has to approve calls of ${nameOf(call)} (${call.because}), and nobody can be asked here.`,
        { hint: 'Do without it, or ask the operator to allow it.' },
      );
    }
    if (approver.parallel) {
      return await unlessAborted(this.#ask(call, approver, signal), signal);
    }
    const turn = this.#last.then(() => unlessAborted(this.#ask(call, approver, signal), signal));
    this.#last = turn.catch(() => {});
    return await unlessAborted(turn, signal);
  }

  async #isPinned(call: PendingCall): Promise<boolean> {
    const { server, tool } = call;
    const { store, onEvent } = this.#options;
    const pinned = await store.find(server, tool.name);
    if (pinned === undefined) return false;
    const changes = changesSince(pinned, tool);
    if (changes.length === 0) return true;
    onEvent({ type: 'definitionChanged', server, tool: tool.name, changes });
    const parts = changes.map(({ part }) => part).join(', ');
    throw new SandboxError(
      'DEFINITION_CHANGED',
      `The definition of ${nameOf(call)} is not the one that was approved: ${parts} changed.`,
      { hint: 'The operator has to look at the change and approve the tool anew.' },
    );
  }

  async #ask(call: PendingCall, approver: Approver, signal: AbortSignal): Promise<Approval> {
    const { server, tool, paramsJson, blobs, context, givenJson } = call;
    signal.throwIfAborted();
    if (await this.#isPinned(call)) return remembered;
    const request: ApprovalRequest = {
      server,
      tool: tool.name,
      paramsJson,
      definitionDigest: tool.digest,
      ...(blobs.length > 0 && { blobs }),
      ...(context && { context }),
      ...(givenJson !== undefined && { givenJson }),
    };
    const answer = await approver.approve(request, { signal });
    if (answer === 'always') await this.#options.store.save(server, tool.name, pin(tool));
    else if (answer !== 'once') {
      throw new SandboxError(
        'NOT_ALLOWED',
        `The operator did not approve this call of ${nameOf(call)}.`,
        {
          hint: 'Do without it; do not make the same call again.',
        },
      );
    }
    return { approved: answer, ...(approver.by !== undefined && { by: approver.by }) };
  }
}

function nameOf({ server, tool }: PendingCall): string {
  return `${quoted(tool.name)} of server ${quoted(server)}`;
}
