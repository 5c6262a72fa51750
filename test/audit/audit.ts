/**
 * Asks the registry, through pnpm, what is known of the versions in the lockfile. A high or critical
 * advisory of what reaches users ends it with 1. A registry that does not answer ends it with 0, and
 * the output says that nothing is known.
 *
 *     node test/audit/audit.ts [--registry=<url>]
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { installedWithPackages, takenIn } from '../shipped.ts';
import { accepted } from './accepted.ts';
import { parseAdvisories } from './advisories.ts';

/** How long a registry may take for its answer. */
const longestMs = 30_000;

const child = spawn('npx', ['--yes', 'pnpm@12.21.0', 'audit', '--json', ...process.argv.slice(2)], {
  cwd: path.resolve(import.meta.dirname, '../..'),
  // What npx starts does not end with it, but with its group.
  detached: true,
  env: { ...process.env, pnpm_config_fetch_retries: '1' },
});
let late = false;
const patience = setTimeout(() => {
  late = true;
  process.kill(-(child.pid as number), 'SIGKILL');
}, longestMs);
const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
clearTimeout(patience);
const advisories = parseAdvisories(stdout);
if (advisories === undefined) {
  const told = stderr.split('\n').filter((line) => !line.startsWith('npm warn'));
  console.log(
    'The registry did not say what it knows of vulnerabilities: THE DEPENDENCIES ARE NOT CHECKED.',
  );
  console.log(late ? `It took over ${longestMs / 1000} s.` : told.join('\n').trim());
} else {
  const shipped = new Set(
    [...installedWithPackages(), ...takenIn()].map(({ name, version }) => `${name} ${version}`),
  );
  let stopping = 0;
  for (const { id, name, versions, severity, title, url } of advisories) {
    const reaching = versions.filter((version) => shipped.has(`${name} ${version}`));
    const reason = accepted[id];
    const stops =
      reaching.length > 0 && ['high', 'critical'].includes(severity) && reason === undefined;
    if (stops) stopping++;
    const reach = reaching.length > 0 ? 'reaches users' : 'development only';
    console.log(`${name} ${versions.join(', ')}: ${severity}, ${reach}: ${title} ${url}`);
    if (reason !== undefined) console.log(`  accepted: ${reason}`);
  }
  console.log(
    `${advisories.length} advisories, ${stopping} of them high or critical in what reaches users.`,
  );
  if (stopping > 0) process.exitCode = 1;
}
