import { syncBuiltinESMExports } from 'node:module';
import threads, { type WorkerOptions } from 'node:worker_threads';

/** The threads of the sandbox get an empty environment: this tells them where coverage goes. */
const { NODE_V8_COVERAGE: folder } = process.env;
if (folder !== undefined) {
  threads.Worker = class Worker extends threads.Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      const { env } = options;
      const told = typeof env === 'object' ? { ...env, NODE_V8_COVERAGE: folder } : env;
      super(file, { ...options, ...(told === undefined ? {} : { env: told }) });
    }
  };
  syncBuiltinESMExports();
}
