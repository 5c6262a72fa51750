import { readdirSync, readFileSync } from 'node:fs';
import { generateGlobals, generateServerFiles } from '../codegen/src/index.ts';
import { createFileSystem } from '../vfs/src/index.ts';
import { createChecker, describeDiagnostics } from './src/index.ts';

const files = createFileSystem();
const m = new Map();
m.set('/mcp-tools/globals.d.ts', generateGlobals());
for (const s of ['files', 'everything'])
  for (const f of readdirSync('/tmp/chk/api/servers/' + s))
    m.set(`/mcp-tools/servers/${s}/${f}`, readFileSync(`/tmp/chk/api/servers/${s}/${f}`, 'utf8'));
files.publish(m);
await using checker = createChecker({ files });
const programs = process.argv.slice(2).length
  ? process.argv.slice(2).map((f) => readFileSync(f, 'utf8'))
  : [
      `import { read_fle } from './servers/files'; export default () => read_fle({path:'x'})`,
      `import { read_text_file } from './servers/files';\nexport default async () => (await read_text_file({ pth: 'x' })).content`,
      `import { read_text_file } from './servers/files';\nexport default async () => (await read_text_file({ })).content`,
      `import { read_text_file } from './servers/files';\nexport default async () => (await read_text_file({ path: 3 })).content`,
      `import { read_text_file } from './servers/files';\nexport default async () => read_text_file({ path: 'a' }).content`,
      `import { read_text_file } from './servers/files';\nconst r = await read_text_file({ path: 'a' });\nreturn r.contnt`,
      `import fs from 'node:fs';\nreturn fs.readFileSync('x')`,
      `const fs = require('fs');\ndocument.title; fetch('x'); process.env.A; Buffer.from('a'); consol.log(1); new Intl.NumberFormat(); if (typeof window !== 'undefined') {}`,
      `import { x } from './skills/foo'; import {y} from './servers/fils'; import z from '/etc/passwd'; return x+y+z`,
      `import { get_sum } from './servers/everything';\nconst s = await get_sum({a:1,b:2});\nreturn s.length + s.match(/x/)[0]`,
      `const s: string = 'é😀'; const n: number = s;\nreturn s.foo`,
      `const x = ;`,
      `import * as f from './servers/files';\nexport default async ({n}) => { const r = await f.read_text_file({paht:'x'}); return r['a'] + import.meta.url }`,
      `const u = new URL('a'); const e = new TextEncoder(); crypto.randomUUID(); structuredClone(e); new AbortController(); return [u.href, args.n, (1.5).toLocaleString('en-US', {style:'currency'}), new Date(2) - new Date(1)]`,
    ];
for (const [i, p] of programs.entries()) {
  const t = performance.now();
  const r = await checker.check(p);
  console.log(`--- ${i} ${r.ok} ${(performance.now() - t).toFixed(1)}ms`);
  console.log(describeDiagnostics(r, 'program.ts'));
}
