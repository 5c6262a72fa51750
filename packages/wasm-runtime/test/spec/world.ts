import { exportTypes, type FunctionType } from './export-types.ts';
import { lossless } from './lossless-call.ts';
import type { Action } from './script.ts';
import { type Raw, rawValues } from './values.ts';

/** What became of an action or an instantiation. */
export type Effect =
  | { readonly kind: 'values'; readonly values: readonly Raw[] }
  | { readonly kind: 'trap' | 'exhaustion' | 'link' | 'refused'; readonly message: string }
  | { readonly kind: 'exception' }
  /** A result that JavaScript may not see. */
  | { readonly kind: 'unseen' };

interface Instance {
  readonly exports: WebAssembly.Exports;
  readonly types: ReadonlyMap<string, FunctionType>;
}

/** Runs `task` and tells what became of it; what no WebAssembly can do is thrown on. */
function effectOf(task: () => readonly Raw[]): Effect {
  try {
    return { kind: 'values', values: task() };
  } catch (error) {
    if (error instanceof WebAssembly.Exception) return { kind: 'exception' };
    const { message } = error as Error;
    if (error instanceof WebAssembly.RuntimeError) return { kind: 'trap', message };
    if (error instanceof RangeError) return { kind: 'exhaustion', message };
    if (error instanceof WebAssembly.LinkError) return { kind: 'link', message };
    // An import of a module that is not there.
    if (error instanceof TypeError && /^WebAssembly\.Instance\(\)/u.test(message)) {
      return { kind: 'link', message };
    }
    if (error instanceof TypeError && /transforming from\/to JS$/u.test(message)) {
      return { kind: 'unseen' };
    }
    if (error instanceof WebAssembly.CompileError) return { kind: 'refused', message };
    throw error;
  }
}

/** The module that the specification's tests import (interpreter/README.md). */
function spectest(): WebAssembly.ModuleImports {
  const print = () => {};
  const global = (value: 'i32' | 'i64' | 'f32' | 'f64', initial: number | bigint) =>
    new WebAssembly.Global({ value }, initial as never);
  return {
    ...Object.fromEntries(
      ['', '_i32', '_i64', '_f32', '_f64', '_i32_f32', '_f64_f64'].map((suffix) => [
        `print${suffix}`,
        print,
      ]),
    ),
    global_i32: global('i32', 666),
    global_i64: global('i64', 666n),
    global_f32: global('f32', 666.6),
    global_f64: global('f64', 666.6),
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: 'anyfunc' }),
    table64: new WebAssembly.Table({
      initial: 10n as never,
      maximum: 20n as never,
      element: 'anyfunc',
      address: 'i64',
    } as WebAssembly.TableDescriptor),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
    shared_memory: new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }),
  } as WebAssembly.ModuleImports;
}

/** The instances and registered modules of one script. */
export class World {
  readonly #transform: (bytes: Uint8Array) => Uint8Array;
  readonly #registered: WebAssembly.Imports = { spectest: spectest() };
  readonly #named = new Map<string, Instance | undefined>();
  readonly #calls = new WeakMap<object, (...args: Raw[]) => Raw[]>();
  readonly instances: Instance[] = [];
  #current: Instance | undefined;

  /** Every module passes through `transform` first. */
  constructor(transform: (bytes: Uint8Array) => Uint8Array) {
    this.#transform = transform;
  }

  /** Compiles and instantiates; `undefined` for a module that V8 refuses makes what follows void. */
  instantiate(bytes: Uint8Array | undefined, id?: string): Effect {
    this.#current = undefined;
    if (id !== undefined) this.#named.set(id, undefined);
    if (bytes === undefined) return { kind: 'refused', message: '' };
    return effectOf(() => {
      const module = new WebAssembly.Module(this.#transform(bytes) as BufferSource);
      const { exports } = new WebAssembly.Instance(module, this.#registered);
      this.#current = { exports, types: exportTypes(bytes) };
      this.instances.push(this.#current);
      if (id !== undefined) this.#named.set(id, this.#current);
      return [];
    });
  }

  #find(id: string | undefined): Instance | undefined {
    return id === undefined ? this.#current : this.#named.get(id);
  }

  register(as: string, id: string | undefined): void {
    const instance = this.#find(id);
    if (instance === undefined) delete this.#registered[as];
    else this.#registered[as] = instance.exports;
  }

  /** Undefined if there is no such instance, because V8 refused its module. */
  perform(action: Action): Effect | undefined {
    const instance = this.#find(action.module);
    if (instance === undefined) return undefined;
    const exported = instance.exports[action.name];
    if (exported === undefined) throw new Error(`Nothing is exported as ${action.name}.`);
    if (action.kind === 'get') return effectOf(() => [(exported as WebAssembly.Global).value]);
    const known = this.#calls.get(exported);
    const type = instance.types.get(action.name) as FunctionType;
    const call = known ?? lossless(exported as (...args: Raw[]) => Raw, type);
    this.#calls.set(exported, call);
    const args = action.args.flatMap(rawValues);
    return effectOf(() => call(...args));
  }
}
