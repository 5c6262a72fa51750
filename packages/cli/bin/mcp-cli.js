#!/usr/bin/env node
import { keepCompiledCode } from '../dist/compile-cache.js';

await keepCompiledCode();
// Not before: what is imported with these lines would be compiled anew in each process.
const { main } = await import('../dist/main.js');
await main(import.meta.url);
