import { describe, expect } from 'vitest';
import { faulty, servers, test } from './harness.ts';

const entries = {
  tools: servers.tools,
  absent: servers.absent,
  off: { ...servers.tools, disabled: true },
  denied: servers.tools,
};

describe.concurrent('servers', () => {
  test('lists where each server is defined, what it hides, and starts nothing', async ({
    workshop,
  }) => {
    await workshop.write('.git/config', '');
    await workshop.write(
      'sub/.mcp.json',
      JSON.stringify({ mcpServers: entries, policy: { deny: ['denied'] } }, null, 2),
    );
    await workshop.configure({ tools: servers.tools, web: { url: 'https://example.com/mcp' } });
    const [plain, json] = await Promise.all([
      workshop.cli(['server', 'list'], { cwd: 'sub' }),
      workshop.cli(['server', 'list', '--json'], { cwd: 'sub' }),
    ]);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout.replaceAll(/ +/g, ' ').split('\n')).toEqual([
      'tools stdio .mcp.json:3 not asked about',
      ' also in ../.mcp.json:1, which does not count',
      expect.stringMatching(/^absent stdio \.mcp\.json:\d+ not asked about$/),
      expect.stringMatching(/^off stdio \.mcp\.json:\d+ disabled$/),
      expect.stringMatching(/^denied stdio \.mcp\.json:\d+ denied by the policy$/),
      'web http ../.mcp.json:1 not trusted yet',
      '',
    ]);
    const [first, , off, denied, web] = json.json().servers;
    const stands = { type: 'stdio', shadows: [], disabled: false, allowed: true, trust: 'unasked' };
    expect(first).toEqual({
      ...stands,
      name: 'tools',
      origin: '.mcp.json:3',
      shadows: ['../.mcp.json:1'],
    });
    expect(off).toMatchObject({ disabled: true, allowed: true });
    expect(denied).toMatchObject({ disabled: false, allowed: false });
    expect(web).toMatchObject({ type: 'http', trust: 'untrusted' });
  });

  test('--connect counts tools, says what failed, and exits with its code', async ({
    workshop,
  }) => {
    await workshop.write('c.json', JSON.stringify({ mcpServers: entries }));
    await workshop.configure({ tools: servers.tools });
    const [failed, fine] = await Promise.all([
      workshop.cli(['server', 'list', '--connect', '--json', '--config', 'c.json']),
      workshop.cli(['server', 'list', '--connect']),
    ]);
    expect(failed.code).toBe(5);
    const contacts = failed.json().servers.map(({ contact }: { contact: object }) => contact);
    expect(contacts).toEqual([
      { status: 'connected', tools: 6, ms: expect.any(Number), protocolVersion: '2025-11-25' },
      { status: 'failed', code: 'SERVER_UNAVAILABLE', message: expect.any(String) },
      undefined,
      expect.objectContaining({ status: 'connected' }),
    ]);
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(fine.stdout).toMatch(
      /^tools {2}stdio {2}\.mcp\.json:1 {2}6 tools, \d+ ms, MCP 2025-11-25\n$/,
    );
  });

  test('--connect exits with what can be corrected, wherever in the file that is', async ({
    workshop,
  }) => {
    const { absent, unset } = faulty;
    await workshop.configure({ absent, unset } as typeof faulty);
    const { code, stdout } = await workshop.cli(['server', 'list', '--connect']);
    expect(stdout).toMatch(/failed: SERVER_UNAVAILABLE.*failed: VARIABLE_UNSET/su);
    expect(code).toBe(2);
  });

  test('without a configuration it says how to make one', async ({ workshop }) => {
    const result = await workshop.cli(['server', 'list']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('There is no .mcp.json');
  });
});
