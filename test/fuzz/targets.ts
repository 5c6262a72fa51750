import { binaryTargets } from './binary-targets.ts';
import { schemaTarget } from './schema-target.ts';
import { streamTargets } from './stream-targets.ts';
import type { Target } from './target.ts';
import { textTargets } from './text-targets.ts';

export const targets: readonly Target[] = [
  ...binaryTargets,
  ...textTargets,
  ...streamTargets,
  schemaTarget,
];
