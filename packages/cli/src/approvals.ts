import { type ApprovalFile, approvalFile, parseToolPattern, type ServerConfig } from '@org/bridge';
import { configScope } from './config/config-scope.ts';
import { usersFile } from './users-folder.ts';

export interface ApprovalFlags {
  /** Left out: the one in the user's folder for configuration. */
  readonly approvals?: string | undefined;
  /** Patterns of tools that are asked about again. */
  readonly reapprove?: readonly string[] | undefined;
}

/**
 * What the user approved for always, of this configuration. Nothing where the user has no home.
 * @throws SandboxError `CONFIG_INVALID`, `USAGE` or `UNKNOWN_SERVER`
 */
export async function openApprovals(
  { approvals, reapprove = [] }: ApprovalFlags,
  config: ServerConfig,
): Promise<{ approvals?: ApprovalFile }> {
  const file = approvals ?? (await usersFile('approvals.json'));
  if (file === undefined) return {};
  const store = approvalFile(file, configScope(config));
  const ids = config.servers.map(({ id }) => id);
  const again = reapprove.map((text) => parseToolPattern(text, ids));
  if (again.length > 0) {
    await store.forget((server, tool) => again.some((pattern) => pattern.matches(server, tool)));
  }
  return { approvals: store };
}
