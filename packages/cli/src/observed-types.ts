import path from 'node:path';
import type { ServerConfig } from '@org/bridge';
import {
  createObservedTypes,
  memoryObservedStore,
  type ObservedTypes,
  observedTypeFiles,
} from '@org/codegen';
import { configScope } from './config/config-scope.ts';

/**
 * What was learned of the servers of this configuration: in the user's folder for data, or in memory
 * where the user has no home.
 */
export async function openObservedTypes(
  config: ServerConfig,
  onProblem: (message: string) => void,
): Promise<ObservedTypes> {
  const folder = await usersFolder();
  const store =
    folder === undefined ? memoryObservedStore() : observedTypeFiles(folder, configScope(config));
  return createObservedTypes({ store, onProblem });
}

async function usersFolder(): Promise<string | undefined> {
  try {
    // Reads the home folder as soon as it is loaded, and throws where there is none.
    const { default: envPaths } = await import('env-paths');
    return path.join(envPaths('mcp-cli', { suffix: '' }).data, 'observed');
  } catch {
    return undefined;
  }
}
