// The same server over HTTP, with the SDK's client.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, onTestFinished, test } from 'vitest';
import { createMetrics, serveHttp } from '../src/http.ts';
import { createLog } from '../src/index.ts';
import { call, type Era, eras, eventually, everything, openHost, openServer } from './harness.ts';

async function serve(ask: readonly string[] = []) {
  const host = await openHost({ servers: everything, ask });
  const server = openServer(host);
  const serving = await serveHttp({
    agentServerFor: ({ principal }, { era }) => server.connect(principal, { era }),
    listen: { host: '127.0.0.1', port: 0 },
    log: createLog('silent'),
    metrics: createMetrics(),
    suspendRuns: () => server.close(),
  });
  onTestFinished(() => serving.close(0));
  return { host, server, url: new URL(serving.urls[0] as string) };
}

async function open(url: URL, era: Era, elicits = false): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client(
    { name: 'agent', version: '1' },
    {
      versionNegotiation: { mode },
      capabilities: elicits ? { elicitation: { form: {} } } : {},
    },
  );
  if (elicits) {
    client.setRequestHandler('elicitation/create', () => ({
      action: 'accept',
      content: { decision: 'approve' },
    }));
  }
  await client.connect(new StreamableHTTPClientTransport(url));
  onTestFinished(() => client.close());
  return client;
}

test.each(eras)('over HTTP, %s: a program, its progress and its resources', async (era) => {
  const { url } = await serve();
  const client = await open(url, era);
  const code = `import { echo } from './servers/everything';\nreturn await echo({ message: 'hi' });`;
  const told: number[] = [];
  const onprogress = ({ progress }: { progress: number }) => told.push(progress);
  const { answer } = await call(client, 'execute_code', { code }, { onprogress });
  expect(answer).toMatchObject({ status: 'returned', value: 'Echo: hi' });
  await eventually(() => told.length).toBeGreaterThan(0);
  const { contents } = await client.readResource({ uri: `run://${answer.runId}/result` });
  expect(contents[0]).toMatchObject({ text: '"Echo: hi"' });
});

test.each(eras)('over HTTP, %s: the person at the client approves', async (era) => {
  const { url, host } = await serve(['everything.echo']);
  const client = await open(url, era, true);
  const code = `import { echo } from './servers/everything';\nreturn await echo({ message: 'hi' });`;
  const { answer } = await call(client, 'execute_code', { code });
  expect(answer).toMatchObject({ status: 'returned', value: 'Echo: hi' });
  expect(host.sent).toEqual(['everything.echo']);
});

test.each(eras)('over HTTP, %s: cancelling the request aborts the run', async (era) => {
  const { url, host } = await serve();
  const client = await open(url, era);
  const abort = new AbortController();
  const code = `import { trigger_long_running_operation } from './servers/everything';
return await trigger_long_running_operation({ duration: 600, steps: 2 });`;
  const called = call(client, 'execute_code', { code }, { signal: abort.signal });
  called.catch(() => {});
  await eventually(() => host.sent.length).toBe(1);
  abort.abort();
  await eventually(() => host.live.size).toBe(0);
});
