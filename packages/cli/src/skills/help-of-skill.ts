import { jsonVersion } from '../json-version.ts';

/**
 * The command line with `--help` after the name of a skill turned into the flag that shows the
 * skill's own parameters: oclif answers `--help` itself, and knows of no skill. So is what asks for the
 * version as JSON, of which oclif knows nothing either.
 */
export function helpOfSkill(argv: readonly string[]): readonly string[] {
  const [topic, command, name = '-'] = argv;
  if (topic !== 'skill' || command !== 'run' || name.startsWith('-')) return jsonVersion(argv);
  return argv.map((word) => (word === '--help' || word === '-h' ? '--parameters' : word));
}
