import {
  type Admit,
  type ConfigFile,
  type ServerConfig,
  type ServerEntry,
  trustFile,
} from '@org/bridge';
import { SandboxError } from '@org/core';
import { describeLaunch } from './describe-launch.ts';
import { visibleText } from './plain-text.ts';
import type { TerminalQuestions } from './terminal-questions.ts';
import { usersFile } from './users-folder.ts';

export interface ProjectTrustOptions {
  /** `--trust`. */
  readonly trust?: boolean | undefined;
  /** Left out: nobody can be asked. */
  readonly person?: TerminalQuestions | undefined;
}

/** Whether a file's servers may be used: by the user's word, since nobody can be asked, or not. */
export type TrustState = 'trusted' | 'unasked' | 'untrusted';

export interface ProjectTrust {
  readonly admit: Admit;
  stateOf(entry: ServerEntry): Promise<TrustState>;
}

type Strictness = 'always' | 'ask' | undefined;

/**
 * Whether the servers of a project's configuration file may be used. A file that came with a
 * repository names commands to run; docs/connections.md says when it is believed.
 * @throws SandboxError `USAGE`: `MCP_CLI_TRUST` has a value that means nothing
 */
export async function openProjectTrust(
  config: ServerConfig,
  { trust, person }: ProjectTrustOptions,
): Promise<ProjectTrust> {
  const strictness = trust ? 'always' : readStrictness(process.env.MCP_CLI_TRUST);
  const path = await usersFile('trusted.json');
  const store = path === undefined ? undefined : trustFile(path);
  const decided = new Map<ConfigFile, Promise<void>>();

  const state = async (file: ConfigFile): Promise<TrustState> => {
    if (strictness === 'always' || file.foundBy === 'name') return 'trusted';
    if (await store?.has(file)) return 'trusted';
    const isUnasked = person === undefined && strictness === undefined && file.foundBy === 'here';
    return isUnasked ? 'unasked' : 'untrusted';
  };

  const decide = async (file: ConfigFile, signal: AbortSignal): Promise<void> => {
    if ((await state(file)) !== 'untrusted') return;
    const shown = visibleText(file.shownPath);
    if (person === undefined) throw notAsked(shown);
    const answer = await person.ask(questionAbout(file, shown), signal);
    if (answer !== 'y' && answer !== 'yes') throw refusedBy(shown);
    await store?.add(file);
  };

  const fileOf = (entry: ServerEntry) =>
    config.files.find(({ servers }) => servers.includes(entry));

  return {
    stateOf: async (entry) => {
      const file = fileOf(entry);
      return file === undefined ? 'trusted' : state(file);
    },
    admit: (entry, { signal }) => {
      const file = fileOf(entry);
      if (file === undefined) return Promise.resolve();
      let decision = decided.get(file);
      if (decision === undefined) {
        decision = decide(file, signal);
        decided.set(file, decision);
      }
      return decision;
    },
  };
}

function readStrictness(text: string | undefined): Strictness {
  if (text === undefined || text === '') return undefined;
  if (text === 'always' || text === 'ask') return text;
  throw new SandboxError('USAGE', `MCP_CLI_TRUST does not take ${JSON.stringify(text)}.`, {
    hint: 'Use always or ask, or leave it out.',
  });
}

function questionAbout(file: ConfigFile, shown: string) {
  const launches = file.servers
    .filter(({ disabled }) => !disabled)
    .map((entry) => `  ${describeLaunch(entry).join('\n    ')}`);
  return {
    shown: [
      `The servers of ${shown} were not used before, or the file has changed since. It names`,
      ...launches,
    ].join('\n'),
    question: 'Use them? y: yes, until the file changes, n: no [n] ',
  };
}

function notAsked(file: string): SandboxError {
  return new SandboxError('NOT_TRUSTED', `The servers of ${file} are not trusted yet.`, {
    hint: 'Run mcp-cli in a terminal to look at them and agree, name the file with --config, or pass --trust.',
  });
}

function refusedBy(file: string): SandboxError {
  return new SandboxError('NOT_TRUSTED', `The user did not agree to the servers of ${file}.`, {
    hint: 'Do without them.',
  });
}
