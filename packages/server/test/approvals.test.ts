import type { Client } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { call, connect, connected, eras, eventually, everything, openServer } from './harness.ts';

const asking = { servers: everything, ask: ['everything.echo'] };
const program = (...texts: string[]) =>
  `import { echo } from './servers/everything';
const said = [];
for (const message of ${JSON.stringify(texts)}) said.push(await echo({ message }));
return said;`;
const ask = (client: Client, ...texts: string[]) =>
  call(client, 'execute_code', { code: program(...texts) });

test.each(eras)('approval, %s: the person at the client sees all arguments', async (era) => {
  const seen: string[] = [];
  const { client, host } = await connected({
    era,
    host: asking,
    onElicit: (message) => {
      seen.push(message);
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  const { answer } = await ask(client, 'one', 'two\u202e\u0007');
  expect(answer).toMatchObject({ status: 'returned', value: ['Echo: one', expect.any(String)] });
  expect(seen).toHaveLength(2);
  expect(seen[0]).toContain('everything.echo\n{\n  "message": "one"\n}');
  expect(seen[1]).toContain('two\\u{202e}');
  expect(host.sent).toEqual(['everything.echo', 'everything.echo']);
});

test.each(eras)('approval, %s: one answer for the further calls of a loop', async (era) => {
  let questions = 0;
  const { client } = await connected({
    era,
    host: asking,
    onElicit: () => {
      questions++;
      return { action: 'accept', content: { decision: 'approve', further: 2 } };
    },
  });
  const { answer } = await ask(client, 'a', 'b', 'c', 'd');
  expect(answer).toMatchObject({ status: 'returned' });
  expect(questions).toBe(2);
});

test.each(eras)('approval, %s: refused, and only an answer that says so approves', async (era) => {
  const answers = [
    { action: 'decline' as const },
    { action: 'accept' as const, content: { decision: 'refuse' } },
  ];
  for (const said of answers) {
    const { client } = await connected({ era, host: asking, onElicit: () => said });
    const { answer } = await ask(client, 'one');
    expect(answer).toMatchObject({ status: 'threw', error: { code: 'NOT_ALLOWED' } });
    expect(answer.calls).toEqual([{ call: 'everything.echo', status: 'refused', count: 1 }]);
  }
});

test.each(eras)('approval, %s: who says nothing leaves the run suspended', async (era) => {
  let questions = 0;
  const { client, host } = await connected({
    era,
    host: asking,
    onElicit: () => {
      questions++;
      return { action: 'cancel' };
    },
  });
  const { answer, result } = await ask(client, 'one');
  expect(answer).toMatchObject({ status: 'suspended' });
  expect(result.isError).toBeUndefined();
  expect(questions).toBe(1);
  expect(answer.next).toContain('asks again');
  expect(host.live.has(answer.runId as string)).toBe(true);
});

test.each(eras)('approval, %s: without a person to ask the model cannot approve', async (era) => {
  const { client, host } = await connected({ era, host: asking });
  const { answer, texts } = await ask(client, 'one');
  expect(answer).toMatchObject({
    status: 'suspended',
    questions: [{ call: 'everything.echo', params: { message: 'one' } }],
  });
  expect(texts[0]).toContain('everything.echo({"message":"one"})');
  expect(texts[0]).toContain('you cannot approve them');
  const { runId } = answer;
  const forced = await call(client, 'resume_run', { runId, decision: 'approve' });
  expect(forced.answer).toMatchObject({ status: 'refused', error: { code: 'NOT_ALLOWED' } });
  const again = await call(client, 'resume_run', { runId });
  expect(again.answer.status).toBe('suspended');
  expect(host.live.size).toBe(1);
  const refused = await call(client, 'resume_run', { runId, decision: 'refuse' });
  expect(refused.answer).toMatchObject({ status: 'threw', error: { code: 'NOT_ALLOWED' } });
});

test('approval: where the operator leaves it to the agent, resume_run approves', async () => {
  const { client } = await connected({ era: 'modern', host: { ...asking, approvals: 'agent' } });
  const { answer } = await ask(client, 'one');
  expect(answer.next).toContain('decision "approve"');
  const { runId } = answer;
  const done = await call(client, 'resume_run', { runId, decision: 'approve' });
  expect(done.answer).toMatchObject({ status: 'returned', value: ['Echo: one'] });
});

test('approval: the model approves nothing that is too long to be judged', async () => {
  const { client, host } = await connected({
    era: 'modern',
    host: { ...asking, approvals: 'agent' },
  });
  const { answer } = await ask(client, 'long '.repeat(2_000));
  expect(answer.next).toContain('you cannot approve them');
  const { runId } = answer;
  const forced = await call(client, 'resume_run', { runId, decision: 'approve' });
  expect(forced.answer).toMatchObject({ status: 'refused', error: { code: 'NOT_ALLOWED' } });
  expect(host.live.has(runId as string)).toBe(true);
  const refused = await call(client, 'resume_run', { runId, decision: 'refuse' });
  expect(refused.answer.status).toBe('threw');
});

test.each(eras)('approval, %s: where the operator decides, nobody else is asked', async (era) => {
  let questions = 0;
  const { client } = await connected({
    era,
    host: { ...asking, approvals: 'operator' },
    onElicit: () => {
      questions++;
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  const { answer } = await ask(client, 'one');
  expect(answer.status).toBe('suspended');
  expect(questions).toBe(0);
});

test('approval: a state is good for its client only, and cannot be made up', async () => {
  const { host, server } = await connected({ era: 'modern', host: asking });
  const elicitation = { elicitation: { form: {} } };
  const mine = await connect(server, { era: 'modern', capabilities: elicitation });
  const asked = (await mine.callTool(
    { name: 'execute_code', arguments: { code: program('one') } },
    { allowInputRequired: true } as object,
  )) as unknown as { requestState: string };
  expect(asked.requestState).toEqual(expect.any(String));
  const retry = (client: Client, requestState: string) =>
    client.request({
      method: 'tools/call',
      params: {
        name: 'execute_code',
        arguments: { code: program('one') },
        requestState,
        inputResponses: { approval: { action: 'accept', content: { decision: 'approve' } } },
      },
    } as never);
  const thief = await connect(server, {
    era: 'modern',
    principal: 'thief',
    capabilities: elicitation,
  });
  await expect(retry(thief, asked.requestState)).rejects.toThrow('requestState');
  await expect(retry(mine, `${asked.requestState.slice(0, -4)}AAAA`)).rejects.toThrow();
  const other = openServer(host);
  const elsewhere = await connect(other, { era: 'modern', capabilities: elicitation });
  await expect(retry(elsewhere, asked.requestState)).rejects.toThrow('requestState');
  expect(host.live.size).toBe(1);
  const done = (await retry(mine, asked.requestState)) as { structuredContent: object };
  expect(done.structuredContent).toMatchObject({ status: 'returned', value: ['Echo: one'] });
  const twice = (await retry(mine, asked.requestState)) as { structuredContent: object };
  expect(twice.structuredContent).toMatchObject({ status: 'refused' });
  await eventually(() => host.sent).toEqual(['everything.echo']);
});

test('approval: arguments too long for a dialog are left to the operator', async () => {
  let questions = 0;
  const { client } = await connected({
    era: 'legacy',
    host: asking,
    onElicit: () => {
      questions++;
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  const { answer } = await ask(client, 'x'.repeat(9_000));
  expect(answer.status).toBe('suspended');
  expect(answer.next).toContain('whoever operates this server');
  expect(questions).toBe(0);
});
