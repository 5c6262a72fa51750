import { handle } from '@oclif/core/handle';
import { run } from '@oclif/core/run';
import { helpOfSkill } from './skills/help-of-skill.ts';
import { guardStandardStreams } from './standard-streams.ts';

/**
 * Runs the command line of this process.
 * @param file URL of the executable, from which oclif finds the package
 */
export async function main(file: string): Promise<void> {
  guardStandardStreams();
  // Not oclif's execute(): it waits for a drain that never comes when the reader of stdout is gone.
  const [first, ...rest] = process.argv.slice(2);
  const args = helpOfSkill(first === 'help' ? [...rest, '--help'] : process.argv.slice(2));
  await run([...args], file).catch(handle);
  if (args.length === 0) {
    const { firstSteps } = await import('./first-steps.ts');
    process.stdout.write(await firstSteps(process.cwd()));
  }
}
