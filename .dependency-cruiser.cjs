/**
 * The package graph: core ← everything else ← runs ← server ← cli; no cycles; one door each to the
 * SDK's client and the engine.
 */
const siblings = [
  ...['introspector', 'codegen', 'bridge', 'vfs', 'wasm-runtime', 'checker', 'skill-store'],
];
const source = (name) => `^packages/${name}/(src|guest|scripts)/`;
const anyPartOf = (name) => `^packages/${name}/`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-knows-nobody',
      comment: 'core has no I/O and no run-time dependency.',
      severity: 'error',
      from: { path: source('core') },
      to: { pathNot: [anyPartOf('core')] },
    },
    ...siblings.map((name) => ({
      name: `${name}-knows-core-only`,
      severity: 'error',
      from: { path: source(name) },
      to: { path: '^packages/', pathNot: [anyPartOf(name), anyPartOf('core')] },
    })),
    {
      name: 'runs-knows-core-and-the-engine',
      severity: 'error',
      from: { path: source('runs') },
      to: { path: '^packages/', pathNot: ['runs', 'core', 'wasm-runtime'].map(anyPartOf) },
    },
    {
      name: 'server-knows-core-and-runs',
      severity: 'error',
      from: { path: source('server') },
      to: { path: '^packages/', pathNot: ['server', 'core', 'runs'].map(anyPartOf) },
    },
    {
      name: 'one-door-to-the-mcp-sdk',
      comment: "The bridge's doors lead to its client; the server is built of its server packages.",
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/bridge/src/mcp-[a-z]+\\.ts$' },
      to: { path: '@modelcontextprotocol', pathNot: '@modelcontextprotocol/(server|node|core)' },
    },
    {
      name: 'only-the-server-serves-mcp',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/server/src/' },
      to: { path: '@modelcontextprotocol/(server|node)' },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      // The build of the engine makes this one.
      to: { couldNotResolve: true, pathNot: '^unicode-tables$' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist', 'engine'] },
    exclude: { path: ['/test/', '/dist/', '/engine/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
};
