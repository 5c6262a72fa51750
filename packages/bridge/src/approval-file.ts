import { isJsonObject } from '@org/core';
import type { ApprovalStore } from './approvals.ts';
import type { PinnedDefinition } from './definition-change.ts';
import { hasTexts, RecordFile } from './record-file.ts';

export interface ApprovalFile extends ApprovalStore {
  /** So that the tools for which `matches` is true are asked about again. Returns how many. */
  forget(matches: (server: string, tool: string) => boolean): Promise<number>;
}

interface KeptApproval extends PinnedDefinition {
  readonly scope: string;
  readonly server: string;
  readonly tool: string;
}

/**
 * Approvals in a JSON file, as `RecordFile` has it; one that two processes lose between them is
 * asked for again.
 * @param scope where the servers' names are from, such as the path of their configuration: an
 * approval holds for no equally named server of another one
 * @throws SandboxError `CONFIG_INVALID`: each of its methods, for a file that is not one of ours
 */
export function approvalFile(file: string, scope: string): ApprovalFile {
  const approvals = new RecordFile<KeptApproval>(
    file,
    ({ parts, ...names }) =>
      hasTexts(names, 'scope', 'server', 'tool', 'digest') &&
      isJsonObject(parts) &&
      hasTexts(parts, ...Object.keys(parts)),
    {
      list: 'approvals',
      readHint:
        'The operator can correct or delete it; what it approved is then asked about again.',
      writeHint: 'The operator can make the file of approvals writable, or approve once.',
    },
  );
  const isOf = (server: string, tool: string) => (one: KeptApproval) =>
    one.scope === scope && one.server === server && one.tool === tool;
  return {
    find: async (server, tool) => (await approvals.items()).find(isOf(server, tool)),
    save: (server, tool, { digest, parts }) =>
      approvals.change((all) => [
        ...all.filter((one) => !isOf(server, tool)(one)),
        { scope, server, tool, digest, parts },
      ]),
    forget: async (matches) => {
      let forgotten = 0;
      await approvals.change((all) => {
        const kept = all.filter((one) => one.scope !== scope || !matches(one.server, one.tool));
        forgotten = all.length - kept.length;
        return forgotten === 0 ? all : kept;
      });
      return forgotten;
    },
  };
}
