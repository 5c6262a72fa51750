import { handle } from '@oclif/core/handle';
import { run } from '@oclif/core/run';
import { jsonVersion } from './json-version.ts';
import { helpOfSkill } from './skills/help-of-skill.ts';
import { guardStandardStreams } from './standard-streams.ts';

/**
 * Runs the command line of this process.
 * @param file URL of the executable, from which oclif finds the package
 */
export async function main(file: string): Promise<void> {
  guardStandardStreams();
  // With nothing left to do; taking the engine apart takes 30 ms, and the system does it too.
  process.once('beforeExit', (code) => process.exit(code));
  // Not oclif's execute(): it waits for a drain that never comes when the reader of stdout is gone.
  const [first, ...rest] = process.argv.slice(2);
  const words = first === 'help' ? [...rest, '--help'] : process.argv.slice(2);
  const args = jsonVersion(helpOfSkill(words));
  if (first === 'execute' && !args.some((word) => word === '--help' || word === '-h')) {
    const { preparedEngine } = await import('./prepared-engine.ts');
    preparedEngine();
  }
  await run([...args], file).catch(handle);
  if (args.length === 0) {
    const { firstSteps } = await import('./first-steps.ts');
    process.stdout.write(await firstSteps(process.cwd()));
  }
}
