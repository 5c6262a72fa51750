/** Exported as `@org/wasm-runtime/start-engine`, which imports little: it can come before all else. */
import { availableParallelism } from 'node:os';
import { SandboxError } from '@org/core';
import { type Engine, loadEngine } from './engine.ts';
import { WorkerPool } from './worker-pool.ts';

export interface EngineOptions {
  /** Threads, and so most runs that compute at one time. Default: twice the processors, at least 4. */
  readonly workers?: number;
  /**
   * Most runs that have begun and not ended, waiting ones included; further ones wait to begin.
   * A waiting run takes about 0.1 MB. Default: 256.
   */
  readonly runs?: number;
  /**
   * A run that has waited this long gives its worker and memory back, and goes on from bytes.
   * Where others want its worker it does so at once. Default: 2,000.
   */
  readonly parkAfterMs?: number;
}

/** An engine that is being loaded, and its first worker that is being started. */
export interface StartedEngine {
  /** @throws SandboxError `ENGINE_FAULT` when the package was not built */
  readonly loading: Promise<Engine>;
  readonly pool: WorkerPool;
}

/**
 * Begins what `createSandbox` waits for, before it is known what the sandbox is to have.
 * It keeps no process from ending.
 * @throws SandboxError `USAGE` for options out of range
 */
export function startEngine(options: EngineOptions = {}): StartedEngine {
  const workers = atLeastOne('workers', options.workers ?? Math.max(4, 2 * availableParallelism()));
  const guests = atLeastOne('runs', options.runs ?? 256);
  const parkAfterMs = atLeastOne('parkAfterMs', options.parkAfterMs ?? 2_000);
  const loading = loadEngine();
  // Whoever makes a sandbox of it is told.
  loading.catch(() => {});
  const pool = new WorkerPool(loading, { workers, guests, parkAfterMs });
  pool.warm();
  return { loading, pool };
}

function atLeastOne(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SandboxError('USAGE', `${name} must be a whole number from 1, not ${value}.`);
}
