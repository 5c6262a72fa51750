import { cacheFlag, refreshFlag } from './cache-folder.ts';
import { McpCommand } from './mcp-command.ts';
import type { Toolbox } from './toolbox.ts';

/** Flags of the commands that show tools, beside their own. */
export const catalogFlags = { refresh: refreshFlag, cache: cacheFlag };

interface CatalogFlags {
  readonly config: string | undefined;
  readonly trust: boolean;
  readonly refresh: boolean;
  readonly cache: boolean;
}

/** What the `tools` commands share: they show catalogs of the configured servers, and call nothing. */
export abstract class CatalogCommand extends McpCommand {
  static override underWay = 'reading';

  /** The caller disposes of it. @throws SandboxError as `openToolbox`, also where there is no configuration */
  protected async openCatalogs({ config, trust, ...reading }: CatalogFlags): Promise<Toolbox> {
    const { openToolbox } = await import('./toolbox.ts');
    return openToolbox({
      configPath: config,
      configOptional: false,
      ...this.atTerminal({ trust }),
      ...reading,
    });
  }
}
