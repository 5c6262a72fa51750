import { expect } from 'vitest';
import { answerOf, call, modernCall, openSession, post, test } from './harness.ts';

const clients = 20;
const calls = 50;
/** Calls of one client under way. */
const atOnce = 10;

for (const era of ['2025-11-25', '2026-07-28'] as const) {
  test(`${clients} clients with equal ids get their own answers (${era})`, async ({
    serve,
    tokens,
  }) => {
    const { url } = await serve({ tokens });
    const ofOne = async (index: number): Promise<number> => {
      const name = `client-${index}`;
      const token = await tokens.add({ name, use: 'agents' });
      const session = era === '2025-11-25' ? await openSession(url, { token }) : undefined;
      const callOnce = async (id: number) => {
        const text = `${name} ${id}`;
        const modern = modernCall('echo', { text }, id);
        const response =
          session === undefined
            ? post(url, modern.message, { token, headers: modern.headers })
            : post(url, call('echo', { text }, id), { token, session });
        const answer = await answerOf(await response);
        expect(answer.id).toBe(id);
        expect(JSON.parse(answer.result.content[0].text)).toEqual({ principal: name, said: text });
      };
      let done = 0;
      for (; done < calls; done += atOnce) {
        await Promise.all(Array.from({ length: atOnce }, (_, one) => callOnce(done + one)));
      }
      return done;
    };
    const done = await Promise.all(Array.from({ length: clients }, (_, index) => ofOne(index)));
    expect(done.reduce((sum, count) => sum + count)).toBe(clients * calls);
  });
}
