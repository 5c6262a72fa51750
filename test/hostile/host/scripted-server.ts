// A server over stdio that does what the file `argv[2]` says, and notes its process in `argv[3]`.
import { appendFileSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Behaviour, Step } from './behaviour.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
}

const [, , script = '', pids = ''] = process.argv;
appendFileSync(pids, `${process.pid}\n`);
const canary = process.env.TOKEN ?? '';
const behaviour: Record<string, readonly Step[]> = {
  initialize: [
    {
      send: {
        id: '#id',
        result: {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'scripted', version: '0' },
        },
      },
    },
  ],
  'tools/list': [
    { send: { id: '#id', result: { tools: [{ name: 't', inputSchema: { type: 'object' } }] } } },
  ],
  'tools/call': [{ send: { id: '#id', result: { content: [], structuredContent: 'fine' } } }],
  ...(JSON.parse(readFileSync(script, 'utf8')) as Behaviour),
};

const written = (stream: NodeJS.WriteStream, text: string): Promise<unknown> =>
  new Promise((resolve) => stream.write(text, resolve));

async function act(step: Step, id: number | undefined): Promise<void> {
  const filled = (text: string) =>
    text.replaceAll('"#id"', String(id)).replaceAll('#id', String(id)).replaceAll('$token', canary);
  if ('exit' in step) process.exit(step.exit);
  if ('signal' in step) process.kill(process.pid, step.signal);
  if ('drip' in step) {
    setInterval(() => process.stdout.write(filled(step.drip)), step.everyMs);
    return;
  }
  const times = ('times' in step ? step.times : undefined) ?? 1;
  if ('stderr' in step) await written(process.stderr, filled(step.stderr).repeat(times));
  if ('raw' in step) await written(process.stdout, filled(step.raw).repeat(times));
  if (!('send' in step)) return;
  const text = filled(JSON.stringify({ jsonrpc: '2.0', ...step.send }));
  await written(process.stdout, `${text}\n`.repeat(times));
}

// One after another: what is under way is not interrupted by the next message.
let before = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (text) => {
  const { id, method = '' } = JSON.parse(text) as Message;
  before = before.then(async () => {
    for (const step of behaviour[method] ?? []) await act(step, id);
  });
});
