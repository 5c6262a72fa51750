import { readdirSync, readFileSync } from 'node:fs';
import { generateGlobals } from '../codegen/src/index.ts';
import { createFileSystem } from '../vfs/src/index.ts';
import { GuestView } from './src/guest-view.ts';
import { createChecker } from './src/index.ts';
import { TypeScriptProcess } from './src/typescript-process.ts';

const acc = new Map<string, number>();
const wrap = (proto: any, n: string, label?: any) => {
  const o = proto[n];
  proto[n] = async function (...a: any[]) {
    const t = performance.now();
    try {
      return await o.apply(this, a);
    } finally {
      const k = label ? label(a) : n;
      acc.set(k, (acc.get(k) ?? 0) + performance.now() - t);
    }
  };
};
if (process.env.PROF) {
  wrap(TypeScriptProcess.prototype, 'request', (a: any) => a[0]);
  wrap(GuestView.prototype, 'changed');
}
const files = createFileSystem();
const m = new Map();
m.set('/mcp-tools/globals.d.ts', generateGlobals());
for (const s of ['files', 'everything'])
  for (const f of readdirSync('/tmp/chk/api/servers/' + s))
    m.set(`/mcp-tools/servers/${s}/${f}`, readFileSync(`/tmp/chk/api/servers/${s}/${f}`, 'utf8'));
files.publish(m);
for (let c = 0; c < 4; c++) {
  await using k = createChecker({ files });
  const t = performance.now();
  const r = await k.check(readFileSync('examples/first-light/agent.ts', 'utf8'));
  console.log('cold', (performance.now() - t).toFixed(1), r.diagnostics.length);
}
await using checker = createChecker({ files });
const agent = readFileSync('examples/first-light/agent.ts', 'utf8');
await checker.check(agent);
acc.clear();
const ts: number[] = [];
for (let i = 0; i < 40; i++) {
  const t = performance.now();
  await checker.check(agent + '\n// ' + i + '\nexport const k' + i + ' = ' + i + ';');
  ts.push(performance.now() - t);
}
ts.sort((a, b) => a - b);
console.log('warm median', ts[20].toFixed(2), 'p90', ts[36].toFixed(2));
for (const [k, v] of acc) console.log(k, (v / 40).toFixed(2));
const t2: number[] = [];
for (let i = 0; i < 40; i++) {
  const t = performance.now();
  await checker.check(
    "import { get_sum } from './servers/everything';\nreturn await get_sum({a:1,b:" + i + '})',
  );
  t2.push(performance.now() - t);
}
t2.sort((a, b) => a - b);
console.log('snippet median', t2[20].toFixed(2));
