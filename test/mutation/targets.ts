export const areas = ['policy', 'paths', 'rewriter'] as const;

/** A file that is mutated, and the tests that have to notice. Paths are relative to the repository. */
export interface Target {
  readonly area: (typeof areas)[number];
  readonly file: string;
  /** In one process and quick, the quickest first: each mutant runs those of them that reach it. */
  readonly tests: readonly string[];
}

const meterTests = [
  'binary',
  'instructions',
  'meter-parts',
  'meter',
  'meter-fuel',
  'meter-pages',
  'meter-costs',
  'meter-malformed',
].map((name) => `packages/wasm-runtime/test/${name}.test.ts`);

const rewriter = (name: string): Target => ({
  area: 'rewriter',
  file: `packages/wasm-runtime/src/metering/${name}.ts`,
  tests: meterTests,
});

const policy = (name: string, ...tests: string[]): Target => ({
  area: 'policy',
  file: `packages/bridge/src/${name}.ts`,
  tests: tests.map((test) => `packages/bridge/test/${test}.test.ts`),
});

const paths = (source: string, ...tests: string[]): Target => {
  const [folder, name] = source.split('/');
  return {
    area: 'paths',
    file: `packages/${folder}/src/${name}.ts`,
    tests: tests.map((test) => `packages/${folder}/test/${test}.test.ts`),
  };
};

export const targets: readonly Target[] = [
  rewriter('binary'),
  rewriter('body'),
  rewriter('call-graph'),
  rewriter('constant-expression'),
  rewriter('instructions'),
  rewriter('instrumentation'),
  rewriter('meter'),
  rewriter('module'),
  policy('approvals', 'approvals', 'approval-store'),
  policy('definition-change', 'definition-change', 'approvals'),
  policy('policy', 'decisions'),
  policy('policy-config', 'policy-config', 'server-config'),
  policy('rate-limit', 'rate-turns'),
  policy('rate-store', 'rate-store'),
  policy('tool-pattern', 'tool-pattern', 'decisions'),
  policy('tool-traits', 'decisions'),
  paths('core/ids', 'ids'),
  paths('vfs/paths', 'paths', 'file-system'),
  paths('vfs/mounts', 'mounts', 'host-folder'),
  paths('vfs/host-folder', 'host-folder', 'host-folder-words'),
  paths('cli/mounts', 'open-mounts'),
  paths('cli/output-folder', 'output-files', 'output-folder'),
];

/** Tests that take seconds each, or go on when they are given up: they race with other processes. */
export const leftOut: readonly string[] = [
  'flipped bytes never make an invalid module valid',
  'random bytes are refused or rewritten, never anything else',
  'one that appears between the look and the opening gives nothing away',
  'has each file whole after a crash, and is put right by the next command',
];
