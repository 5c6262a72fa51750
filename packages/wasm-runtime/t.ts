import { mkdtempSync } from 'node:fs';
import { createSandbox } from './src/index.ts';
import { memoryFiles } from './test/memory-files.ts';
import { bundleProgram } from './src/bundle.ts';
import { ImportResolver } from './src/imports.ts';
const mk = (count: number) => { const names = Array.from({length: count}, (_, i) => `tool_${i}`);
 return memoryFiles({ '/mcp-tools/servers/x/index.ts': names.map(n => `export { ${n} } from './${n}.ts';`).join('\n'),
 ...Object.fromEntries(names.map(n => [`/mcp-tools/servers/x/${n}.ts`, `export interface A { /** a comment about it */ a: string }\n/** says */\nexport async function ${n}(params: A): Promise<string> {\n  return callTool('x', '${n}', params);\n}\n`]))}); };
const src = `import { tool_0, tool_1 } from './servers/x';\nexport default async () => [await tool_0({a: 'x'}), await tool_1({a:'x'})];\n` + Array.from({length:48},(_, i)=>`const v${i}: number = ${i} + args.n; if (v${i} > 1000) console.log(v${i});`).join('\n');
const times: Record<string, number[]> = {};
const m = async (n: string, f: () => unknown) => { const t=performance.now(); const r = await f(); (times[n]??=[]).push(performance.now()-t); return r; };
const cacheDir = mkdtempSync('/tmp/cc-');
const f2 = mk(2), f50 = mk(50);
await using s = await createSandbox({ workers: 1, files: f2 }); await using s50 = await createSandbox({ workers: 1, files: f50 });
await using warm = await createSandbox({ workers: 1, files: f2, cacheDir }); await warm.compile(src);
const r = new ImportResolver(f2);
for (let i=0;i<60;i++) {
  await m('compile 2 wrappers', () => s.compile(src+'//'+i)); await m('cached', () => s.compile(src+'//'+i));
  await m('compile 50 wrappers', () => s50.compile(src+'//'+i)); await m('cached 50', () => s50.compile(src+'//'+i));
  await m('in-process bundle', () => bundleProgram({place:'/mcp-tools/program.ts' as any, name:'program.ts', source: src+'//'+i}, (a,b)=>r.resolve(a,b)));
}
for (let i=0;i<15;i++) { await using c = await createSandbox({ workers: 1, files: f2, cacheDir }); await m('disk hit (first)', () => c.compile(src)); }
for (const [n,a] of Object.entries(times)) { a.sort((x,y)=>x-y); console.log(n.padEnd(32), 'min', a[0]!.toFixed(2), 'p25', a[a.length>>2]!.toFixed(2), 'med', a[a.length>>1]!.toFixed(2)); }
