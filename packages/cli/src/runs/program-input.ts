import { SandboxError } from '@org/core';
import type { Plan } from '@org/runs';
import type { Program, Sandbox } from '@org/wasm-runtime';
import { readBytes, readStandardInput, textOf } from '../read-text.ts';

/** What `execute` is to run. */
export interface ProgramInput {
  readonly name: string;
  /** Left out for a compiled program. */
  readonly source?: string;
  /** The plan that is carried out. */
  readonly plan?: Plan;
  /** For the sandbox. */
  open(sandbox: Sandbox): string | Program;
}

export interface ModeFlags {
  readonly plan: boolean;
  readonly 'approved-plan': string | undefined;
  readonly fix: string | undefined;
  readonly entry: string | undefined;
  readonly args: string | undefined;
  readonly seed: string | undefined;
  /** The program itself. */
  readonly eval: string | undefined;
}

/**
 * Reads the program, or the plan that has it.
 * @throws SandboxError `USAGE`, `FILE_NOT_FOUND`, `PLAN_DAMAGED`
 */
export async function readProgram(
  file: string | undefined,
  flags: ModeFlags,
): Promise<ProgramInput> {
  const approved = flags['approved-plan'];
  if (approved !== undefined) {
    refuseBeside('--approved-plan', {
      'a program': file ?? flags.eval,
      '--entry': flags.entry,
      '--args': flags.args,
      '--seed': flags.seed,
      '--fix': flags.fix,
    });
    const { readPlan } = await import('./plan-store.ts');
    const plan = await readPlan(approved);
    const { source, name = 'program.ts' } = plan.program;
    return { name, source, plan, open: () => source };
  }
  if ((file === undefined) === (flags.eval === undefined)) {
    const wrong = file === undefined ? 'Name a program.' : '--eval does not go with a program.';
    throw new SandboxError('USAGE', wrong, {
      hint: "For example: mcp-cli execute program.ts, or mcp-cli execute --eval 'return 6 * 7'",
    });
  }
  if (file === undefined) {
    const source = flags.eval as string;
    return { name: 'program.ts', source, open: () => source };
  }
  if (file === '-') {
    const source = textOf(await readStandardInput());
    return { name: 'program.ts', source, open: () => source };
  }
  const { isWebAssembly } = await import('@org/wasm-runtime');
  const bytes = await readBytes(file, 'Name a program, for example: mcp-cli execute program.ts');
  if (!isWebAssembly(bytes)) {
    const source = textOf(bytes);
    return { name: file, source, open: () => source };
  }
  const needsSource = flags.plan ? '--plan' : flags.fix === undefined ? undefined : '--fix';
  if (needsSource === undefined)
    return { name: file, open: (sandbox) => sandbox.openProgram(bytes) };
  throw new SandboxError('USAGE', `${needsSource} takes the source of a program.`, {
    hint: 'Name the file that it was compiled from.',
  });
}

function refuseBeside(flag: string, others: Readonly<Record<string, string | undefined>>): void {
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (other === undefined) return;
  throw new SandboxError('USAGE', `${flag} does not go with ${other}: the plan has its own.`, {
    hint: `Leave out ${other}.`,
  });
}
