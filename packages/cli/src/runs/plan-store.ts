import { mkdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, SandboxError } from '@org/core';
import { type Plan, parsePlan } from '@org/runs';
import { jsonText, plainLine } from '../plain-text.ts';
import { readText } from '../read-text.ts';
import { replaceFile } from '../replace-file.ts';
import { usersDataFile } from '../users-folder.ts';

/** Plans that are kept; the oldest go first. */
const mostPlans = 100;
/** At least so much of it that nobody approves another plan by chance. */
const digestForm = /^[0-9a-f]{8,64}$/u;
const planFile = /^([0-9a-f]{64})\.json$/u;

/** As a person writes it to approve the plan. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);

const plansFolder = (): Promise<string | undefined> => usersDataFile('plans');

/**
 * Keeps a plan for `readPlan`.
 * @returns its file; undefined where the user has no home
 * @throws SandboxError `USAGE` when the disk refuses
 */
export async function keepPlan(plan: Plan): Promise<string | undefined> {
  const folder = await plansFolder();
  if (folder === undefined) return undefined;
  try {
    // Programs and arguments are nobody else's business.
    makeFolder(folder, (one) => mkdirSync(one, { mode: 0o700 }));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SandboxError('USAGE', `The plan cannot be kept in ${folder} (${code}).`, {
      hint: 'Make it a folder that you can write to, or set XDG_DATA_HOME to one.',
      cause,
    });
  }
  const file = path.join(folder, `${plan.digest}.json`);
  await replaceFile(file, Buffer.from(jsonText(plan)));
  await removeOldest(folder);
  return file;
}

async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => planFile.test(name));
  if (names.length <= mostPlans) return;
  const dated = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      // Another process may have removed it.
      const at = await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      return { file, at };
    }),
  );
  const oldest = dated.sort((a, b) => a.at - b.at).slice(0, names.length - mostPlans);
  await Promise.all(oldest.map(({ file }) => rm(file, { force: true })));
}

/**
 * A plan by its digest, the beginning of that, or the file that it is in.
 * @throws SandboxError `USAGE` where there is none, `PLAN_DAMAGED` where it was changed
 */
export async function readPlan(text: string): Promise<Plan> {
  const wanted = text.trim();
  const kept = digestForm.test(wanted) ? await keptPlan(wanted) : undefined;
  const json = await readText(kept ?? text, `Name a plan that "mcp-cli execute --plan" has made.`);
  const plan = parsePlan(parseJson(json));
  if (kept === undefined || plan.digest.startsWith(wanted)) return plan;
  throw new SandboxError('PLAN_DAMAGED', `The plan ${plainLine(wanted)} was changed.`, {
    hint: 'Make the plan again.',
  });
}

async function keptPlan(digest: string): Promise<string | undefined> {
  const folder = await plansFolder();
  const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
  const found = names.filter((name) => planFile.test(name) && name.startsWith(digest));
  const [first] = found;
  if (folder === undefined || first === undefined) {
    throw new SandboxError('USAGE', `There is no plan ${digest}.`, {
      hint: 'Make it: mcp-cli execute program.ts --plan',
    });
  }
  if (found.length === 1) return path.join(folder, first);
  throw new SandboxError('USAGE', `${found.length} plans begin with ${digest}.`, {
    hint: 'Write more of the digest.',
  });
}

/** What is no JSON is no plan, and refused as such. */
function parseJson(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
