import { readdir } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { keysOf, servers, test } from './harness.ts';

describe.concurrent('introspect', () => {
  test('shows each tool of several servers with its parameters', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, files: servers.files });
    const result = await workshop.cli(['introspect', 'tools', 'files', 'tools']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^tools: 6 tools \(tools 1\.0\.0, MCP \d{4}-\d\d-\d\d\)\n/u);
    expect(result.stdout).toContain('  greet(name, times?)  Greets somebody.\n');
    expect(result.stdout).toContain("  import { … } from './servers/tools'\n");
    expect(result.stdout).toContain('\nfiles: 14 tools (secure-filesystem-server ');
    expect(result.stdout).toContain('  read_text_file(path, tail?, head?)');
    expect(result.stdout.match(/^tools: /gmu)).toHaveLength(1);
  });

  test('--json is the whole catalog', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, everything: servers.everything });
    const result = await workshop.cli(['introspect', 'everything', 'tools', '--json']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const { servers: catalogs, ...rest } = result.json();
    expect(rest).toEqual({ failed: [] });
    expect(catalogs.map(({ server }: { server: string }) => server)).toEqual([
      'everything',
      'tools',
    ]);
    const [everything, tools] = catalogs;
    expect(keysOf(tools)).toEqual([
      ...['capabilities', 'prompts', 'protocolVersion', 'rejected', 'resourceTemplates'],
      ...['resources', 'server', 'serverInfo', 'tools'],
    ]);
    expect(tools.tools.map(({ name }: { name: string }) => name)).toEqual([
      ...['die', 'fail', 'greet', 'identify', 'never', 'secret'],
    ]);
    expect(tools.tools[2]).toMatchObject({
      name: 'greet',
      description: 'Greets somebody.',
      inputSchema: { type: 'object', required: ['name'], additionalProperties: false },
      requiresTask: false,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/u),
    });
    const structured = everything.tools.find(
      ({ name }: { name: string }) => name === 'get-structured-content',
    );
    expect(structured.outputSchema.type).toBe('object');
  });

  test('servers that cannot be asked are named, and the others are shown', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, absent: servers.absent });
    const [plain, document, all] = await Promise.all([
      workshop.cli(['introspect', 'absent', 'tools']),
      workshop.cli(['introspect', 'tolls', 'tools', 'absent', '--json']),
      workshop.cli(['introspect', 'absent', 'tolls']),
    ]);
    expect(plain.code).toBe(5);
    expect(plain.stdout).toMatch(/^tools: 6 tools /u);
    expect(plain.stderr).toMatch(/^Error: .*"absent".*"no-such-command-of-mcp-cli"/u);
    expect(document).toMatchObject({ code: 2, stderr: '' });
    expect(document.json()).toEqual({
      servers: [expect.objectContaining({ server: 'tools' })],
      failed: [
        { server: 'tolls', code: 'UNKNOWN_SERVER', message: expect.stringContaining('"tolls"') },
        { server: 'absent', code: 'SERVER_UNAVAILABLE', message: expect.any(String) },
      ],
    });
    expect(all).toMatchObject({ code: 2, stdout: '' });
    expect(all.stderr).toMatch(/^Error: .*"absent".*\n(?:.*\n)*Error: .*"tolls"/u);
  });

  test('texts of a hostile server neither act nor look like lines of ours', async ({
    workshop,
  }) => {
    await workshop.configure({ hostile: servers.hostile });
    const [plain, document, generated] = await Promise.all([
      workshop.cli(['introspect', 'hostile']),
      workshop.cli(['introspect', 'hostile', '--json']),
      workshop.cli(['generate', 'hostile', '--output', 'out', '--json']),
    ]);
    // The harness looks for control characters in all output.
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    const lines = plain.stdout.split('\n');
    for (const line of lines) expect(line).toMatch(/^(?:hostile: | {2}|$)/u);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}shown\(key.*\?\)(?: {2}|$)/u));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}not usable: name/u));
    expect(plain.stdout).not.toContain('second line');
    const [catalog] = document.json().servers;
    expect(catalog.rejected).toHaveLength(1);
    expect(generated.code).toBe(0);
    for (const name of await readdir(workshop.path('out/servers/hostile'))) {
      const text = await workshop.read(`out/servers/hostile/${name}`);
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/u);
    }
  });
});

test('texts of a hostile server do not act in a call that fails', async ({ workshop }) => {
  await workshop.configure({ hostile: servers.hostile });
  const [plain, document] = await Promise.all([
    workshop.run("await callTool('hostile', 'shown', {})"),
    workshop.run("await callTool('hostile', 'shown', {})", '--json'),
  ]);
  expect(plain.stderr).toMatch(/^ToolCallError: failed\n {4}at program\.ts:1:7\n/u);
  expect(document.json().error).toMatchObject({ code: 'TOOL_FAILED', message: 'failed' });
});
