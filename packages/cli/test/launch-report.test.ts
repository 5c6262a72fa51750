import type { Launch } from '@org/bridge';
import { expect, test } from 'vitest';
import { launchReport, withoutLaunch } from '../src/debug/launch-report.ts';

const stdio: Launch = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', 'some-server', '--token', 'secret-one', '--key=secret-two', 'x'],
  env: ['TOKEN'],
};
const http: Launch = {
  type: 'http',
  url: 'https://example.com/mcp/secret-path?token=secret-three&n=1',
  headers: ['Authorization'],
};

test('launchReport() has names and counts, and no argument, path or query', () => {
  expect(launchReport(stdio)).toEqual({ command: 'npx', args: 6, env: ['TOKEN'] });
  expect(launchReport(http)).toEqual({ url: 'https://example.com', headers: ['Authorization'] });
  expect(launchReport({ ...http, url: `\${URL}/secret` })).toMatchObject({ url: 'variable' });
});

test('withoutLaunch() masks what a server repeats of them, and nothing else', () => {
  const told = withoutLaunch(
    'npx -y x: bad --token secret-one, --key=secret-two; secret-two',
    stdio,
  );
  expect(told).toBe('npx -y x: bad --token ***, ***; ***');
  const answer =
    'GET https://example.com/mcp/secret-path?token=secret-three&n=1: no secret-three, 1';
  expect(withoutLaunch(answer, http)).toBe('GET ***: no ***, 1');
  expect(withoutLaunch('404 for /mcp/secret-path?token=secret-three&n=1', http)).toBe(
    '404 for ***',
  );
});
