/**
 * Packs the WebAssembly specification's tests into test/spec/testsuite.zst:
 *   node scripts/vendor-spec-tests.ts <git directory of WebAssembly/testsuite> <commit>
 * Those are the tests of the standard, of the legacy exception handling that it replaced, and of the
 * threads proposal. Other proposals are left out: V8 refuses their modules unless flags are set.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';

const [repository, commit] = process.argv.slice(2) as [string, string];
const git = (...args: string[]): string =>
  execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });

const folder = new URL('../test/spec/', import.meta.url);
const paths = git('ls-tree', '-r', '--name-only', commit)
  .split('\n')
  .filter((path) => path.endsWith('.wast'))
  .filter((path) => !path.startsWith('proposals/') || path.startsWith('proposals/threads/'));
const files = Object.fromEntries(paths.map((path) => [path, git('show', `${commit}:${path}`)]));
const content = JSON.stringify({ commit: git('rev-parse', commit).trim(), files });
const params = {
  [constants.ZSTD_c_compressionLevel]: 19,
  [constants.ZSTD_c_windowLog]: 24,
  [constants.ZSTD_c_enableLongDistanceMatching]: 1,
};
writeFileSync(new URL('testsuite.zst', folder), zstdCompressSync(content, { params }));
writeFileSync(new URL('LICENSE', folder), git('show', `${commit}:LICENSE`));
console.log(`${paths.length} files, ${content.length} bytes`);
