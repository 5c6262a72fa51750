export { type Engine, loadEngine } from './engine.ts';
export type { Extension, ExtensionContext, Extensions } from './extensions.ts';
export { Instance, type InstanceLimits, type StepResult, type Trap } from './instance.ts';
export type { CompiledProgram, ImportRecord, Program } from './program.ts';
export type { CompileOptions } from './program-compiler.ts';
export { isProgramFile, isWebAssembly } from './program-file.ts';
export type { RunEvent } from './run-event.ts';
export type { FreezeOptions } from './run-request.ts';
export {
  createSandbox,
  type Run,
  type RunOptions,
  type Sandbox,
  type SandboxOptions,
  type ThawOptions,
} from './sandbox.ts';
export type { RunStep } from './step-script.ts';
