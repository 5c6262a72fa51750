import path from 'node:path';

/**
 * Of servers that tests start thousands of times: Node keeps what it has compiled of them, and counts
 * no coverage, which it would hand down to them otherwise.
 */
export const serverEnv = {
  NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, '../node_modules/.cache/test-servers'),
  NODE_V8_COVERAGE: '',
} as const;
