import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ClientSession } from '../../src/http/client-session.ts';
import { endingWith } from '../../src/http/ending-stream.ts';

const of = (signal: AbortSignal) => new Request('http://localhost/', { signal });

const quiet = (onCancel: () => void) =>
  new Response(new ReadableStream({ cancel: onCancel }), {
    status: 201,
    headers: { 'content-type': 'text/event-stream' },
  });

for (const when of ['before', 'after'] as const) {
  test(`a quiet stream ends when its client goes away (${when} it is read)`, async () => {
    const gone = new AbortController();
    const cancelled = Promise.withResolvers<void>();
    if (when === 'before') gone.abort();
    const response = endingWith(of(gone.signal), quiet(cancelled.resolve));
    const text = response.text();
    gone.abort();
    expect(await text).toBe('');
    await cancelled.promise;
  });
}

test('what comes is passed on, and the head as it was', async () => {
  const response = endingWith(of(new AbortController().signal), new Response('one two'));
  expect(await response.text()).toBe('one two');
  const { status, headers } = endingWith(
    of(new AbortController().signal),
    quiet(() => {}),
  );
  expect([status, headers.get('content-type')]).toEqual([201, 'text/event-stream']);
});

test('its own reader can cancel it', async () => {
  const cancelled = Promise.withResolvers<void>();
  await endingWith(of(new AbortController().signal), quiet(cancelled.resolve)).body?.cancel();
  await cancelled.promise;
});

test('is told of its client going although nobody else holds the request', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const transport = { pending: 0, handle: async () => ({ response: new Response('') }) };
  const gone = Array.from({ length: 20 }, () => new AbortController());
  const sessions = await Promise.all(
    gone.map(async ({ signal }) => {
      const session = new ClientSession('a', transport as never, {} as never, Date.now);
      await session.handle(of(signal), undefined);
      return session;
    }),
  );
  let ended = 0;
  const texts = gone.map(({ signal }) =>
    endingWith(
      of(signal),
      quiet(() => ended++),
    ).text(),
  );
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await new Promise(setImmediate);
  }
  expect(sessions.map(({ busy }) => busy)).toEqual(gone.map(() => true));
  for (const one of gone) one.abort();
  await Promise.all(texts);
  expect(ended).toBe(20);
  expect(sessions.map(({ busy }) => busy)).toEqual(gone.map(() => false));
});
