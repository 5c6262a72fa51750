/** A project with servers and a home of its own, for the stories that are told on the command line. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const { resolve } = createRequire(import.meta.url);
const inPackage = (name: string, file: string) =>
  path.join(path.dirname(resolve(`${name}/package.json`)), file);

/** How a server of an npm package is started. */
export const official = (name: 'everything' | 'filesystem' | 'memory', ...args: string[]) => ({
  command: process.execPath,
  args: [inPackage(`@modelcontextprotocol/server-${name}`, 'dist/index.js'), ...args],
});

export class Project {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'story-'));

  /** With these servers, and the files of these folders or programs. */
  constructor(mcpServers: object, ...sources: readonly string[]) {
    this.write('.mcp.json', JSON.stringify({ mcpServers }, null, 2));
    for (const source of sources)
      cpSync(source, path.join(this.folder, path.basename(source)), { recursive: true });
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  /** Runs mcp-cli in a process of its own, as a user would. @throws Error if it ends with another code */
  cli(args: readonly string[], code = 0): string {
    const bin = inPackage('@org/cli', 'bin/mcp-cli.js');
    const ended = spawnSync(process.execPath, [bin, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: path.join(this.folder, 'home') },
      encoding: 'utf8',
    });
    if (ended.status !== code)
      throw new Error(`mcp-cli ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
    return ended.stdout;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
