import { release } from 'node:os';

/** What every report begins with: what runs, on what. Nothing of the user's. */
export function machine(cli: string) {
  return {
    cli,
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch} ${release()}`,
    terminal: process.stdout.isTTY === true,
    /** Variables that change what mcp-cli does, where they are set. */
    variables: Object.keys(process.env).filter((name) =>
      /^(?:MCP_CLI_\w+|NO_COLOR|FORCE_COLOR|XDG_\w+_HOME|NODE_OPTIONS|HTTPS?_PROXY)$/iu.test(name),
    ),
  };
}
