import { expect, test } from 'vitest';
import { endingWith } from '../../src/http/ending-stream.ts';

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
    const response = endingWith(gone.signal, quiet(cancelled.resolve));
    const text = response.text();
    gone.abort();
    expect(await text).toBe('');
    await cancelled.promise;
  });
}

test('what comes is passed on, and the head as it was', async () => {
  const response = endingWith(new AbortController().signal, new Response('one two'));
  expect(await response.text()).toBe('one two');
  const { status, headers } = endingWith(
    new AbortController().signal,
    quiet(() => {}),
  );
  expect([status, headers.get('content-type')]).toEqual([201, 'text/event-stream']);
});

test('its own reader can cancel it', async () => {
  const cancelled = Promise.withResolvers<void>();
  await endingWith(new AbortController().signal, quiet(cancelled.resolve)).body?.cancel();
  await cancelled.promise;
});
