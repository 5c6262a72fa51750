import type { ServerConfig } from '@org/bridge';
import {
  createObservedTypes,
  memoryObservedStore,
  type ObservedTypes,
  observedTypeFiles,
} from '@org/codegen';
import { configScope } from './config/config-scope.ts';
import { usersDataFile } from './users-folder.ts';

/**
 * What was learned of the servers of this configuration: in the user's folder for data, or in memory
 * where the user has no home.
 */
export async function openObservedTypes(
  config: ServerConfig,
  onProblem: (message: string) => void,
): Promise<ObservedTypes> {
  const folder = await usersDataFile('observed');
  const store =
    folder === undefined ? memoryObservedStore() : observedTypeFiles(folder, configScope(config));
  return createObservedTypes({ store, onProblem });
}
