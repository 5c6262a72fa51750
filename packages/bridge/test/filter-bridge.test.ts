import { inspect } from 'node:util';
import type { CallContext } from '@org/core';
import { expect, test } from 'vitest';
import type { Bridge } from '../src/index.ts';
import { call, failureOf, openBridge, resultOf, run } from './harness.ts';

const people = (filter?: object) => ({ ...run('people.ts'), ...(filter && { filter }) });
const token = (kind: string) => new RegExp(`^\\[\\[${kind}:[0-9a-f]{24}\\]\\]$`);

/** What the server got in its calls, past the filter. */
async function received(bridge: Bridge, server = 'crm'): Promise<unknown[]> {
  const text = await resultOf(call(bridge, server, 'received'));
  return JSON.parse(Buffer.from(String(text), 'base64').toString());
}

interface Person {
  readonly name: string;
  readonly mail: string;
  readonly card: string;
}

const listed = async (bridge: Bridge) =>
  (await resultOf(call(bridge, 'crm', 'people'))) as [Person, Person];

test('without a filter in the configuration nothing is replaced', async () => {
  const bridge = await openBridge({ crm: people() });
  const [ada] = await listed(bridge);
  expect(ada).toEqual({ name: 'Ada', mail: 'ada@example.org', card: 4111111111111111 });
  expect(await resultOf(call(bridge, 'crm', 'send', { to: '[[EMAIL:x]]' }))).toEqual({
    noted: { to: '[[EMAIL:x]]' },
  });
});

test('values, names of members and numbers leave as tokens, equal ones as equal tokens', async () => {
  const bridge = await openBridge({ crm: people({ outgoing: 'all' }) });
  const [ada, alan] = await listed(bridge);
  expect(ada.name).toBe('Ada');
  expect(ada.mail).toMatch(token('EMAIL'));
  expect(ada.card).toMatch(token('CARD'));
  expect(alan).toEqual({ name: 'Alan', mail: alan.mail, [alan.mail]: `also ${ada.mail}` });
  expect(alan.mail).not.toBe(ada.mail);
  expect(await listed(bridge)).toEqual([ada, alan]);
});

test('only the configured kinds and own patterns are replaced', async () => {
  const bridge = await openBridge({
    crm: people({ outgoing: ['card'], patterns: { ticket: 'ACME-\\d{4}' } }),
  });
  const [ada] = await listed(bridge);
  expect(ada.mail).toBe('ada@example.org');
  expect(ada.card).toMatch(token('CARD'));
  const [said] = (await resultOf(call(bridge, 'crm', 'say', { text: 'see ACME-1234' }))) as [
    string,
  ];
  expect(said).toMatch(/^see \[\[TICKET:[0-9a-f]{24}\]\]$/);
});

test('a tool that may see the originals gets them, in longer text, in names and as numbers', async () => {
  const bridge = await openBridge({ crm: people({ restoreFor: ['send'] }) });
  const [ada] = await listed(bridge);
  const params = { to: `To: ${ada.mail}; ${ada.mail}`, [ada.mail]: [ada.card], text: ada.card };
  const answered = await resultOf(call(bridge, 'crm', 'send', params));
  expect(answered).toEqual({ noted: { ...params, text: ada.card } });
  expect(await received(bridge)).toEqual([
    {
      to: 'To: ada@example.org; ada@example.org',
      'ada@example.org': [4111111111111111],
      text: 4111111111111111,
    },
  ]);
});

test('a tool that may not see them gets the tokens', async () => {
  const bridge = await openBridge({ crm: people({ restoreFor: ['send'] }) });
  const [ada] = await listed(bridge);
  await resultOf(call(bridge, 'crm', 'search', { query: ada.mail }));
  expect(await received(bridge)).toEqual([{ query: ada.mail }]);
});

test('a value can go to another server, which says it again only as its token', async () => {
  const bridge = await openBridge({
    crm: people({}),
    mail: people({ outgoing: [], restoreFor: ['send'] }),
  });
  const [ada] = await listed(bridge);
  const said = await resultOf(call(bridge, 'mail', 'send', { to: ada.mail }));
  expect(await received(bridge, 'mail')).toEqual([{ to: 'ada@example.org' }]);
  expect(said).toEqual({ noted: { to: ada.mail } });
});

test('a token that was made up, changed, or belongs to another session is refused', async () => {
  const bridge = await openBridge({ crm: people({ restoreFor: ['send'] }) });
  const [ada] = await listed(bridge);
  const other = await openBridge({ crm: people({}) });
  const [foreign] = await listed(other);
  const wrong = [
    foreign.mail,
    '[[EMAIL:x]]',
    ada.mail.replace('EMAIL', 'CARD'),
    `${ada.mail}${foreign.mail}`,
  ];
  for (const to of wrong) {
    for (const tool of ['send', 'search']) {
      const failure = await failureOf(call(bridge, 'crm', tool, { to: [to] }));
      expect(failure).toMatchObject({ status: 'refused', code: 'UNKNOWN_TOKEN' });
      expect(failure.message).toContain('do not make them up');
    }
  }
  expect(await received(bridge)).toEqual([]);
});

test('sessions and principals have tokens of their own, and an ended session has none', async () => {
  const bridge = await openBridge({ crm: people({ restoreFor: ['send'] }) });
  const { signal } = new AbortController();
  const as = (context: CallContext, tool: string, params: object = {}) =>
    bridge.callTool(
      { server: 'crm', tool, paramsJson: JSON.stringify(params) },
      { signal, context },
    );
  const mailOf = async (context: CallContext) =>
    ((await resultOf(as(context, 'people'))) as [Person])[0].mail;
  const one = { session: 's', principal: 'one' };
  const contexts = [
    one,
    { session: 's', principal: 'two' },
    { session: 't', principal: 'one' },
    {},
  ];
  const mails = await Promise.all(contexts.map(mailOf));
  expect(new Set(mails).size).toBe(4);
  expect(await mailOf({ ...one, runId: 'another' })).toBe(mails[0]);
  const to = mails[0];
  for (const context of contexts.slice(1)) {
    expect(await failureOf(as(context, 'send', { to }))).toMatchObject({ code: 'UNKNOWN_TOKEN' });
  }
  expect((await as(one, 'send', { to })).status).toBe('done');
  bridge.endSession(one);
  expect(await failureOf(as(one, 'send', { to }))).toMatchObject({ code: 'UNKNOWN_TOKEN' });
});

test('a server that says a token of another value cannot have it put back', async () => {
  const bridge = await openBridge({
    crm: people({}),
    evil: people({ outgoing: [], restoreFor: ['send'] }),
    plain: people(),
  });
  const [ada] = await listed(bridge);
  for (const server of ['evil', 'plain']) {
    // The server has seen the token, and says it in a result.
    const [said] = (await resultOf(call(bridge, server, 'say', { text: ada.mail }))) as [string];
    expect(said).toMatch(token('LITERAL'));
    await resultOf(call(bridge, 'evil', 'send', { to: said }));
  }
  // What it gets back is what it said, and not what that stands for.
  expect(await received(bridge, 'evil')).toEqual([{ to: ada.mail }, { to: ada.mail }]);
});

test('messages of errors are filtered, also where they are cut off', async () => {
  const bridge = await openBridge({ crm: people({}) });
  const [ada] = await listed(bridge);
  const failure = await failureOf(call(bridge, 'crm', 'fail', { text: 'no user ada@example.org' }));
  expect(failure).toMatchObject({ code: 'TOOL_FAILED', message: `no user ${ada.mail}` });
  const text = `${'x '.repeat(1_994)}secret@example.org`;
  const cut = await failureOf(call(bridge, 'crm', 'fail', { text }));
  expect(cut.message).not.toContain('secret@');
  expect(cut.message).toContain('more characters');
});

test('a message about parameters does not show the originals that were put in', async () => {
  const bridge = await openBridge({ crm: people({ restoreFor: ['numbered'] }) });
  const [ada] = await listed(bridge);
  const failure = await failureOf(call(bridge, 'crm', 'numbered', { to: ada.mail }));
  expect(failure.code).toBe('INVALID_PARAMS');
  expect(failure.message).not.toContain('ada@example.org');
  expect(failure.message).toContain(`got the string "${ada.mail}"`);
});

test('a bridge that is printed shows none of the values', async () => {
  const bridge = await openBridge({ crm: people({}) });
  await listed(bridge);
  expect(inspect(bridge, { depth: 20, showHidden: true })).not.toContain('ada@');
});

test('what a server logs and tells of its progress is hidden like its results', async () => {
  const texts: string[] = [];
  const said = (file: string, filter?: object) => ({ ...run(file), ...(filter && { filter }) });
  const open = (entries: object) =>
    openBridge(entries, { onServerEvent: ({ text }) => void texts.push(text) });
  // `crm` is given what the rules of `people` hide, so its own words are looked through as well.
  const rules = { outgoing: ['email'], patterns: { ticket: 'ACME-\\d{4}' } };
  const bridge = await open({ crm: said('talkative.ts'), people: said('people.ts', rules) });
  const words = 'mail ada@example.org about ACME-1234, then ada@example.org again';
  await resultOf(call(bridge, 'crm', 'log', { text: words }));
  await resultOf(call(bridge, 'crm', 'progress', { text: words }));
  const hidden = /^(?:1 of 2: )?mail (\[\[EMAIL:.+\]\]) about \[\[TICKET:.+\]\], then \1 again$/;
  expect(texts).toEqual([expect.stringMatching(hidden), expect.stringMatching(hidden)]);
  // Such a token stands for nothing in a call.
  const [token = ''] = /\[\[EMAIL:[^\]]+\]\]/.exec(texts[0] as string) ?? [];
  expect(await failureOf(call(bridge, 'people', 'send', { to: token }))).toMatchObject({
    code: 'UNKNOWN_TOKEN',
  });
  const open2 = await open({ crm: said('talkative.ts') });
  await resultOf(call(open2, 'crm', 'log', { text: words }));
  expect(texts.at(-1)).toBe(words);
});
