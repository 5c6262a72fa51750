/**
 * The command line with `--help` after the name of a skill turned into the flag that shows the
 * skill's own parameters: oclif answers `--help` itself, and knows of no skill.
 */
export function helpOfSkill(argv: readonly string[]): readonly string[] {
  const [topic, command, name = '-'] = argv;
  if (topic !== 'skill' || command !== 'run' || name.startsWith('-')) return argv;
  return argv.map((word) => (word === '--help' || word === '-h' ? '--parameters' : word));
}
