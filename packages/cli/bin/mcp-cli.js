#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || major === 25 || (major === 24 && minor < 20)) {
  process.stderr.write(
    `Error: mcp-cli needs Node 24 (from 24.20) or 26; this is ${process.version}.\n`,
  );
  process.exit(2);
}
// Not before: an older Node cannot even read what these import.
const { keepCompiledCode } = await import('../dist/compile-cache.js');
await keepCompiledCode();
// Not before: what is imported with these lines would be compiled anew in each process.
const { main } = await import('../dist/main.js');
await main(import.meta.url);
