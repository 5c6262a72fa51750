import { type ApprovalStore, approvalFile, type ServerConfig } from '@org/bridge';
import { localPrincipal } from '@org/server';
import { configScope } from '../config/config-scope.ts';
import { usersFile } from '../users-folder.ts';

/**
 * Where it is remembered what was approved for always: of the local client where the command line
 * remembers it, of every other one apart from that. Undefined where the user has no home.
 */
export async function clientApprovals(
  config: ServerConfig,
  named: string | undefined,
): Promise<(principal: string) => ApprovalStore | undefined> {
  const file = named ?? (await usersFile('approvals.json'));
  if (file === undefined) return () => undefined;
  const scope = configScope(config);
  const stores = new Map<string, ApprovalStore>();
  return (principal) => {
    const own = principal === localPrincipal ? scope : `${scope}\n\nclient ${principal}`;
    const store = stores.get(own) ?? approvalFile(file, own);
    stores.set(own, store);
    return store;
  };
}
