export { type Engine, loadEngine } from './engine.ts';
export { Instance, type StepResult, type Trap } from './instance.ts';
export { MalformedModuleError } from './metering/binary.ts';
export { meter, meteringExports } from './metering/meter.ts';
export type { CompileOptions, Program } from './program.ts';
export { notBegun, type RunEvent } from './run.ts';
export { createSandbox, type RunOptions, type Sandbox, type SandboxOptions } from './sandbox.ts';
