/** Writes what the filter finds in its corpus into docs/filter.md; with `--check` only says whether that would change it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { measure, tables } from '../test/filter-measure.ts';

const page = new URL('../../../docs/filter.md', import.meta.url);
const begin = '<!-- corpus -->\n';
const end = '<!-- /corpus -->';
const text = readFileSync(page, 'utf8');
const [before, rest = ''] = text.split(begin);
const after = rest.slice(rest.indexOf(end));
const written = `${before}${begin}\n${tables(measure())}\n${after}`;
if (written !== text) {
  if (process.argv.includes('--check')) {
    process.stderr.write(
      'docs/filter.md is not what the corpus gives: run this without --check.\n',
    );
    process.exitCode = 1;
  } else writeFileSync(page, written);
}
