import { stat } from 'node:fs/promises';
import path from 'node:path';
import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { SandboxError } from '@org/core';
import { cacheFlag, programCache } from '../cache-folder.ts';
import { McpCommand, unlessInterrupted } from '../mcp-command.ts';
import { mountFlag } from '../mount-flag.ts';
import { plainLine } from '../plain-text.ts';
import { portsOf } from '../ports.ts';
import { readBytes, textOf } from '../read-text.ts';
import type { Toolbox } from '../toolbox.ts';

interface CompileDocument {
  readonly file: string;
  readonly bytes: number;
  readonly standalone: boolean;
  /** SHA-256 of the bundled program and of the engine that it is for, hex. */
  readonly digest: string;
  readonly engine: string;
  readonly exports: readonly string[];
  /** Virtual paths of the files whose code is in the bundle. */
  readonly imports: readonly string[];
}

const hint = 'Name a program, for example: mcp-cli compile program.ts';

export default class Compile extends McpCommand {
  static override underWay = 'compiling';

  static override summary = 'Compile a program and what it imports to one WebAssembly file.';

  static override description =
    `The file is checked, stripped of types, bundled with the wrappers and files that it imports, and parsed by the sandbox's engine; nothing of it runs. "mcp-cli execute" runs the result, with the same version of mcp-cli. With --standalone it is a component with the engine in it, 13 MB, which any component runtime can drive as well.

Exit codes: 0 compiled, 1 it could not be compiled, 2 wrong usage, 4 refused, 5 a server could not be reached, 130 interrupted.`;

  static override examples = [
    {
      description: 'Compile a program, and run it:',
      command:
        '<%= config.bin %> <%= command.id %> report.ts && <%= config.bin %> execute report.wasm',
    },
    {
      description: 'Write a component that runs without mcp-cli:',
      command:
        '<%= config.bin %> <%= command.id %> report.ts --standalone -o report.component.wasm',
    },
  ];

  static override args = {
    file: stringArg({ description: 'The program, a .ts or .js file.', required: true }),
  };

  static override flags = {
    output: string({
      char: 'o',
      helpValue: '<file>',
      summary: 'Write here. Default: the name of the program with .wasm, in the working folder.',
    }),
    standalone: boolean({ default: false, summary: 'Write a component with the engine in it.' }),
    allow: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<server>',
      summary: 'Only let the program import from this server; may be given several times.',
    }),
    mount: mountFlag,
    cache: cacheFlag,
    force: boolean({ summary: 'Replace the output even if it is something else than a program.' }),
  };

  async run(): Promise<CompileDocument> {
    const { args, flags } = await this.parse(Compile);
    const opening = Promise.withResolvers<Toolbox>();
    const { createSandbox, isProgramFile, isWebAssembly } = await import('@org/wasm-runtime');
    // Its threads and processes start while this one reads on.
    const starting = createSandbox({
      ...portsOf(opening.promise),
      ...(await programCache(flags.cache)),
    });
    starting.catch(() => {});
    const { openToolbox } = await import('../toolbox.ts');
    const bytes = await readBytes(args.file, hint);
    if (isWebAssembly(bytes)) {
      throw new SandboxError('USAGE', `${args.file} is WebAssembly already.`, { hint });
    }
    const output = flags.output ?? `${path.parse(args.file).name}.wasm`;
    if (!flags.force) await refuseToReplace(output, isProgramFile);
    await using toolbox = await openToolbox({
      configPath: flags.config,
      configOptional: true,
      ...this.atTerminal(flags),
      mount: flags.mount,
      cache: flags.cache,
      ...(flags.allow === undefined ? {} : { allow: flags.allow }),
    });
    const interrupted = this.interruption();
    opening.resolve(toolbox);
    await using sandbox = await starting;
    // The name is in the file, which must not tell where its author's folders are.
    const name = path.isAbsolute(args.file) ? path.basename(args.file) : args.file;
    const compile = async () => {
      const program = await sandbox.compile(textOf(bytes), { name });
      const written = await (flags.standalone ? program.toComponent() : program.toModule());
      return { program, written };
    };
    const { program, written } = await unlessInterrupted(compile(), interrupted);
    const { replaceFile } = await import('../replace-file.ts');
    await replaceFile(output, written);
    const { digest, exports, map } = program;
    const { sources } = JSON.parse(map) as { sources: string[] };
    const names = exports.join(', ') || 'nothing';
    this.log(plainLine(`Wrote ${output}: ${written.length} bytes, exports ${names}`));
    return {
      file: output,
      bytes: written.length,
      standalone: flags.standalone,
      digest,
      engine: sandbox.engineDigest,
      exports,
      imports: sources.filter((source) => source !== name).sort(),
    };
  }
}

/** @throws SandboxError `USAGE` where `file` is something that no compilation wrote */
async function refuseToReplace(
  file: string,
  isProgramFile: (bytes: Uint8Array) => boolean,
): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return;
  const remedy = 'Name another file with --output, or replace it with --force.';
  if (found.isFile() && isProgramFile(await readBytes(file, remedy))) return;
  throw new SandboxError('USAGE', `${file} is there, and is not a compiled program.`, {
    hint: remedy,
  });
}
