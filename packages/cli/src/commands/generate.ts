import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { SandboxError, type ServerId, toolsRoot } from '@org/core';
import { cacheFlag, refreshFlag } from '../cache-folder.ts';
import { Changes } from '../changes.ts';
import { exitCodeOfErrors } from '../exit-code.ts';
import type { GeneratedTree } from '../generated-files.ts';
import { keptCatalogs, type WithKept } from '../kept-catalogs.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import type { FileStatus, PlannedFile } from '../output-folder.ts';
import { plainLine } from '../plain-text.ts';
import type { ServerSkill } from '../skills/server-skills.ts';
import type { Toolbox } from '../toolbox.ts';

interface GeneratedDocument extends WithKept {
  /** Folder on disk; left out where nothing was to be written. */
  readonly output?: string;
  /** Virtual path and size of each file; with `output`, what became of it. */
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly status?: FileStatus;
  }[];
  /** With `--skills`, the skill of each server. */
  readonly skills?: readonly ServerSkill[];
  /** Servers whose tools could not be read. */
  readonly failed: readonly {
    readonly server: string;
    readonly code: string;
    readonly message: string;
  }[];
}

interface Job {
  /** Empty: all that may be used. */
  readonly names: readonly ServerId[];
  readonly output: string | undefined;
  readonly force: boolean;
  /** Nothing is written. */
  readonly check: boolean;
  /** Folder for the skills of the servers. */
  readonly skills: string | undefined;
}

type Kind = 'config' | 'catalog';

interface Round {
  readonly tree: GeneratedTree;
  /** Left out without an output folder. */
  readonly planned?: readonly PlannedFile[];
  /** Left out without a folder of skills. */
  readonly skills?: readonly ServerSkill[];
}

export default class Generate extends McpCommand {
  static override underWay = 'generating';

  static override summary = 'Generate typed TypeScript wrappers for the tools of servers.';

  static override description =
    `Without a server, for all of them. Without --output, shows the tree as a program sees it under /mcp-tools. With --output, a folder of the disk gets the same files, for an editor or tsc: only those that changed are written, each as a whole, and files of tools that have gone are removed if an earlier command wrote them. .mcp-cli-files.json in it lists what was written. With --skills, each server also gets a skill that documents its tools for agents.

Exit codes: 0 generated, 1 --check found differences, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted. Of several servers that fail, the lowest of 2, 4 and 5 counts.`;

  static override examples = [
    {
      description: 'Show what a program can import:',
      command: '<%= config.bin %> <%= command.id %> github files',
    },
    {
      description: 'Write the wrappers of all servers to ./mcp-tools, and keep them up to date:',
      command: '<%= config.bin %> <%= command.id %> --output mcp-tools --watch',
    },
    {
      description: 'Let agents that read skills find the tools of all servers:',
      command: '<%= config.bin %> <%= command.id %> --skills .claude/skills',
    },
    {
      description: 'Fail in CI when the committed wrappers are not those of today:',
      command: '<%= config.bin %> <%= command.id %> --output mcp-tools --refresh --check',
    },
  ];

  static override strict = false;

  static override args = {
    server: stringArg({ description: 'A server of the configuration; several may follow.' }),
  };

  static override flags = {
    output: string({
      char: 'o',
      helpValue: '<folder>',
      summary: 'Make this folder, created if missing, mirror the files.',
    }),
    skills: string({
      helpValue: '<folder>',
      summary: 'Save a skill for each server in this folder, such as .claude/skills.',
    }),
    watch: boolean({
      summary: 'Do so again whenever the configuration or the tools of a server change.',
      dependsOn: ['output'],
      exclusive: ['check'],
    }),
    check: boolean({
      summary: 'Write nothing; exit with 1 if files in the folders differ.',
    }),
    force: boolean({ summary: 'Replace files that no earlier command wrote.' }),
    refresh: refreshFlag,
    cache: cacheFlag,
  };

  async run(): Promise<GeneratedDocument> {
    const { argv, flags } = await this.parse(Generate);
    const { output, force = false, check = false } = flags;
    const names = [...new Set(argv as string[])] as ServerId[];
    const job: Job = { names, output, force, check, skills: flags.skills };
    if (check && output === undefined && flags.skills === undefined) {
      throw new SandboxError('USAGE', '--check compares with --output or --skills: give one.');
    }
    const options = {
      configPath: flags.config,
      configOptional: false,
      ...this.atTerminal(flags),
      cache: flags.cache,
      refresh: flags.refresh || flags.watch,
    };
    const { openToolbox } = await import('../toolbox.ts');
    if (flags.watch) {
      if (this.jsonEnabled()) {
        throw new SandboxError('USAGE', '--watch has no end, and --json shows one result.');
      }
      return this.#watch(job, (onCatalog) =>
        openToolbox({ ...options, onCatalog, stayConnected: true }),
      );
    }
    await using toolbox = await openToolbox(options);
    const interrupted = this.interruption();
    const round = await unlessInterrupted(this.#round(toolbox, job), interrupted);
    await this.#show(round, job);
    this.#setExitCode(round, job);
    return { ...documentOf(round, job), ...keptCatalogs(toolbox.kept) };
  }

  async #round(toolbox: Toolbox, job: Job): Promise<Round> {
    const { names, output, force, check } = job;
    // Throws for one that there is not, or that may not be used.
    for (const name of names) toolbox.bridge.status(name);
    const { generateTree, tsconfigPath, tsconfigText } = await import('../generated-files.ts');
    const tree = await generateTree(toolbox, names.length > 0 ? names : toolbox.bridge.servers);
    const [failed] = tree.failed;
    if (names.length > 0 && failed !== undefined) throw failed.error;
    const skills = await this.#skills(toolbox, tree, job);
    if (output === undefined) return { tree, ...(skills && { skills }) };
    const { OutputFolder } = await import('../output-folder.ts');
    const folder = await OutputFolder.open(output);
    const keep = tree.failed.map((one) => one.folder);
    const files = new Map([...tree.files, [tsconfigPath, tsconfigText]]);
    const planned = await folder.plan(files, { force, keep, editable: [tsconfigPath] });
    if (!check) await folder.apply(planned);
    return { tree, planned, ...(skills && { skills }) };
  }

  async #skills(toolbox: Toolbox, { failed }: GeneratedTree, job: Job) {
    const { skills: folder, names, force, check } = job;
    if (folder === undefined) return undefined;
    const { saveServerSkills } = await import('../skills/server-skills.ts');
    const { openSkillStore } = await import('../skills/open-store.ts');
    const wanted = names.length > 0 ? names : toolbox.bridge.servers;
    const read = wanted.filter((id) => !failed.some(({ server }) => server === id));
    const { name, version } = this.config;
    const options = { force, check, createdWith: `${name} ${version}` };
    return saveServerSkills(await openSkillStore(folder), toolbox, read, options);
  }

  async #watch(job: Job, open: (onCatalog: () => void) => Promise<Toolbox>): Promise<never> {
    const interrupted = this.interruption();
    using changes = new Changes<Kind>(['config', 'catalog']);
    let isFirst = true;
    for (;;) {
      try {
        await using toolbox = await open(() => changes.tell('catalog'));
        const configFiles = toolbox.config.files.map(({ path }) => path);
        changes.watch(configFiles, 'config');
        const round = await unlessInterrupted(this.#round(toolbox, job), interrupted);
        if (isFirst || isChange(round)) await this.#show(round, job);
        if (isFirst) this.log(`Watching ${configFiles.join(', ')}. Ctrl+C ends it.`);
        isFirst = false;
        while ((await this.#next(changes, interrupted)) === 'catalog') {
          const next = await unlessInterrupted(this.#round(toolbox, job), interrupted);
          if (isChange(next)) await this.#show(next, job);
        }
      } catch (error) {
        const isTold = error instanceof SandboxError && error.code !== 'ABORTED';
        if (!isTold || isFirst) throw error;
        this.logToStderr(`${plainLine(error.message)} ${plainLine(error.hint ?? '')}`.trimEnd());
        while ((await this.#next(changes, interrupted)) !== 'config');
      }
    }
  }

  async #next(changes: Changes<Kind>, signal: AbortSignal): Promise<Kind> {
    using _ = this.statusLine.hold();
    const { kind } = await changes.next(signal);
    this.showStatus();
    return kind;
  }

  async #show({ tree, planned, skills = [] }: Round, job: Job): Promise<void> {
    const { output, check } = job;
    for (const { error } of tree.failed) this.logToStderr(plainLine(error.message));
    if (this.jsonEnabled()) return;
    for (const { name, status } of skills) {
      if (status === 'written') this.log(`${check ? 'differs' : 'Saved'}: ${job.skills}/${name}`);
    }
    if (planned === undefined) {
      if (job.skills !== undefined) return;
      const { treeOf } = await import('../generated-files.ts');
      this.log(await treeOf(tree.files));
      return;
    }
    for (const { path, status } of planned) {
      const shown = path.slice(toolsRoot.length + 1);
      if (status === 'changed') this.logToStderr(`Not touched, because it was edited: ${shown}`);
      else if (check && status !== 'unchanged')
        this.log(`${status === 'removed' ? 'gone' : 'differs'}: ${shown}`);
    }
    this.log(`Files in ${output}: ${summary(planned, check)}`);
  }

  #setExitCode(round: Round, { check }: Job): void {
    const { failed } = round.tree;
    if (failed.length > 0)
      process.exitCode = exitCodeOfErrors(failed.map(({ error }) => error.code));
    else if (check && isChange(round)) process.exitCode = 1;
  }
}

/** Such as `2 written, 31 unchanged`. */
function summary(planned: readonly PlannedFile[], check: boolean): string {
  const verbs = check ? ['to write', 'to remove'] : ['written', 'removed'];
  const counted = (['written', 'removed', 'unchanged'] as const).map((wanted, index) => {
    const count = planned.filter(({ status }) => status === wanted).length;
    return { count, text: `${count} ${verbs[index] ?? wanted}` };
  });
  const parts = counted.filter(({ count }) => count > 0).map(({ text }) => text);
  return parts.join(', ');
}

function isChange({ planned = [], skills = [] }: Round): boolean {
  return [...planned, ...skills].some(({ status }) => status === 'written' || status === 'removed');
}

function documentOf({ tree, planned, skills }: Round, { output }: Job): GeneratedDocument {
  const bytes = (text: string) => Buffer.byteLength(text);
  return {
    ...(output !== undefined && { output }),
    files:
      planned?.map(({ path, text, status }) => ({ path, bytes: bytes(text), status })) ??
      [...tree.files].map(([path, text]) => ({ path, bytes: bytes(text) })),
    ...(skills && { skills }),
    failed: tree.failed.map(({ server, error }) => {
      return { server, code: error.code, message: error.message };
    }),
  };
}
