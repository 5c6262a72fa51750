import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Report, runScript } from './spec/run-script.ts';

/**
 * The WebAssembly specification's own tests (spec/README.md): each module runs as it is and through
 * the rewriter, side by side.
 */
const packed = readFileSync(new URL('./spec/testsuite.zst', import.meta.url));
const { files } = JSON.parse(zstdDecompressSync(packed).toString()) as {
  files: Record<string, string>;
};

type Lines = Partial<Record<'refusedByV8' | 'wrongInV8', readonly number[]>>;

/** Where V8 itself does not do as the specification says, by line. */
const deviations: Readonly<Record<string, Lines>> = {
  // More elements than fit into memory: a limit of the implementation.
  'memory64.wast': { refusedByV8: [8, 9] },
  'table.wast': { refusedByV8: [9] },
  'table64.wast': { refusedByV8: [9] },
  // Both the array and the segment are too short, and V8 looks at the segment first.
  'array_init_elem.wast': { wrongInV8: [92, 93] },
  // A hint for an instruction that is no branch is ignored.
  'custom/branch_hint.wast': { wrongInV8: [85] },
  // Written before modules could have several tables and memories.
  'proposals/threads/imports.wast': { wrongInV8: [309, 313, 317, 404, 408, 412] },
  'proposals/threads/memory.wast': { wrongInV8: [14, 15] },
  // JavaScript may not see an exception reference, not even null.
  'ref_null.wast': { wrongInV8: [18, 67, 68, 69, 70, 71, 72] },
};

const linesOf = (entries: readonly string[]): number[] =>
  entries.map((entry) => Number.parseInt(entry, 10));

describe('through the rewriter', () => {
  const total = { scripts: 0, modules: 0, assertions: 0, textOnly: 0, void: 0 };

  test.each(Object.keys(files))('%s does the same', async (path) => {
    const report: Report = await runScript(files[path] as string);
    expect(report.differences).toEqual([]);
    expect(report.refusedByRewriter).toEqual([]);
    const { refusedByV8 = [], wrongInV8 = [] } = deviations[path] ?? {};
    expect(linesOf(report.refusedByV8), report.refusedByV8.join('\n')).toEqual(refusedByV8);
    expect(linesOf(report.wrongInV8), report.wrongInV8.join('\n')).toEqual(wrongInV8);
    total.scripts++;
    for (const key of ['modules', 'assertions', 'textOnly', 'void'] as const) {
      total[key] += report[key];
    }
  });

  test('so much was compared', () => {
    expect(total).toEqual({
      scripts: 268,
      modules: 2685,
      assertions: 61_783,
      textOnly: 1268,
      void: 0,
    });
  });
});
