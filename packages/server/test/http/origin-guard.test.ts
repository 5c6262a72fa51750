import { expect, test } from 'vitest';
import { createOriginGuard, parseHost } from '../../src/http/origin-guard.ts';

test('parseHost() takes names and addresses, and writes them as URL does', () => {
  expect(['MCP.example.org', '10.0.0.1', '::1', '[::1]'].map(parseHost)).toEqual([
    ...['mcp.example.org', '10.0.0.1', '[::1]', '[::1]'],
  ]);
  for (const text of ['', 'a:80', 'http://a', 'a/b', 'a@b', 'a?b', 'a#b', 'a b']) {
    expect(() => parseHost(text), text).toThrow('is not the name of a host');
  }
});

test.each([
  ...['null', 'app.example.org', 'https://app.example.org/', 'https://app.example.org/x'],
  ...['HTTPS://app.example.org', 'file:///x', 'https://user@app.example.org', '*', ''],
])('an origin %j, which no browser sends, is refused', (origin) => {
  const options = { loopback: true, hosts: [], origins: [origin] };
  expect(() => createOriginGuard(options)).toThrow('is not an origin');
});
