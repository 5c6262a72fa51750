import { describe, expect } from 'vitest';
import { servers, test } from './harness.ts';

describe.concurrent('tools search', () => {
  test('shows imports, signatures, what is missing, and which server could not be asked', async ({
    workshop,
  }) => {
    await workshop.configure({ files: servers.files, absent: servers.absent });
    const result = await workshop.cli(['tools', 'search', 'rename a file', '--limit', '1']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(
      /^import \{ move_file \} from '\.\/servers\/files';\n\n\/\/ Move or rename .*\nmove_file\(params: \{ source: string; destination: string \}\): Promise<.*>\n\nPARTIAL: 1 of \d+; limit 2 shows more\. Next: files\.\w+, .*\. Without server "absent": SERVER_UNAVAILABLE: .*\n$/u,
    );
  });

  test('--json is what searchTools gives in a program', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, files: servers.files });
    const query = 'say hello to a person';
    const [document, run] = await Promise.all([
      workshop.cli(['tools', 'search', query, '--detail', 'full', '--json']),
      workshop.run(`return await searchTools(${JSON.stringify(query)}, { detail: 'full' })`),
    ]);
    expect(document.json().hits[0]).toMatchObject({ server: 'tools', tool: 'greet' });
    expect(document.json()).toEqual(run.json());
  });

  test('without a server that answers ends with 5, and with wrong words with 2', async ({
    workshop,
  }) => {
    await workshop.configure({ absent: servers.absent });
    const [none, detail, limit] = await Promise.all([
      workshop.cli(['tools', 'search', 'x']),
      workshop.cli(['tools', 'search', 'x', '--detail', '__proto__']),
      workshop.cli(['tools', 'search', 'x', '--limit', '0']),
    ]);
    expect(none).toMatchObject({ code: 5, stdout: '' });
    expect(none.stderr).toContain('No server could be reached.\nWithout server "absent": ');
    expect(detail).toMatchObject({ code: 2, stdout: '' });
    expect(detail.stderr).toContain('See mcp-cli tools search --help.');
    expect(limit).toMatchObject({ code: 2, stdout: '' });
  });
});

describe.concurrent('tools show', () => {
  test('shows the wrapper, or less, of tools of servers whose names have dots', async ({
    workshop,
  }) => {
    await workshop.configure({ 'a.files': servers.files, a: servers.tools });
    const result = await workshop.cli([
      ...['tools', 'show', 'a.files.write_file', 'a.greet', '--detail', 'signature', '--json'],
    ]);
    const [write, greet] = result.json().tools;
    expect(write.import).toBe("import { write_file } from './servers/a.files';");
    expect(write.text).toContain('write_file(params: { path: string; content: string })');
    expect(greet).toMatchObject({ server: 'a', tool: 'greet' });
    const full = await workshop.cli(['tools', 'show', 'a.greet']);
    expect(full.stdout).toMatch(
      /^import \{ greet \} from '\.\/servers\/a';\n\n\/\*\*.*callTool\(/su,
    );
  });

  test('says what was meant', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const [server, tool, bare] = await Promise.all([
      workshop.cli(['tools', 'show', 'tool.greet']),
      workshop.cli(['tools', 'show', 'tools.great']),
      workshop.cli(['tools', 'show', 'greet', '--json']),
    ]);
    expect(server).toMatchObject({ code: 2, stdout: '' });
    expect(server.stderr).toContain('Did you mean "tools"?');
    expect(tool).toMatchObject({ code: 2, stdout: '' });
    expect(tool.stderr).toContain('Did you mean "greet"?');
    expect(bare.json().error).toMatchObject({
      code: 'USAGE',
      hint: 'Write <server>.<tool>, with one of the servers tools.',
    });
  });
});

describe.concurrent('tools list', () => {
  test('shows first lines, or names, or some of each server, as the budget allows', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools, files: servers.files });
    const list = (budget: string) => workshop.cli(['tools', 'list', '--budget', budget]);
    const [full, names, some, none] = await Promise.all([
      list('2000'),
      list('150'),
      list('80'),
      list('1'),
    ]);
    expect(full.stdout).toContain(
      'files: 14 tools, ./servers/files\n  create_directory: Create a ',
    );
    expect(full.stdout).not.toContain('PARTIAL');
    expect(names.stdout).toContain('\n  create_directory, directory_tree, ');
    expect(names.stdout).not.toContain('PARTIAL');
    const shown = /PARTIAL: (\d+) of 20 shown; use tools search, a server's name or --budget\.\n$/u;
    const count = Number(shown.exec(some.stdout)?.[1]);
    expect(count).toBeGreaterThan(3);
    expect(some.stdout).toContain(`tools: ${Math.floor(count / 2)} of 6 tools`);
    expect(none.stdout).toMatch(/PARTIAL: 0 of 20 shown/u);
  });

  test('of one server leaves the others alone; --json has the same', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools, absent: servers.absent });
    const [one, both, unknown] = await Promise.all([
      workshop.cli(['tools', 'list', 'tools', '--json']),
      workshop.cli(['tools', 'list', '--json']),
      workshop.cli(['tools', 'list', 'tool']),
    ]);
    expect(one.json()).toMatchObject({ shown: 6, total: 6 });
    expect(one.json()).not.toHaveProperty('note');
    expect(one.json().servers[0].tools).toContainEqual({
      name: 'greet',
      summary: 'Greets somebody.',
    });
    expect(both.json().note).toMatch(/^Without server "absent": SERVER_UNAVAILABLE: /u);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
  });

  test('leaves out what the policy denies, of all servers and of one', async ({ workshop }) => {
    await workshop.configure({ tools: servers.tools });
    const config = JSON.parse(await workshop.read('.mcp.json'));
    config.policy = { deny: ['*.greet'] };
    await workshop.write('.mcp.json', JSON.stringify(config));
    const [all, one, shown] = await Promise.all([
      workshop.cli(['tools', 'list']),
      workshop.cli(['tools', 'list', 'tools']),
      workshop.cli(['tools', 'show', 'tools.greet']),
    ]);
    expect(all).toMatchObject({ code: 0, stdout: one.stdout });
    expect(one.stdout).toContain('identify');
    expect(one.stdout).not.toContain('greet');
    expect(shown).toMatchObject({ code: 2, stdout: '' });
  });

  test('texts of a hostile server neither act nor look like lines of ours', async ({
    workshop,
  }) => {
    await workshop.configure({ hostile: servers.hostile });
    const [list, search] = await Promise.all([
      workshop.cli(['tools', 'list']),
      workshop.cli(['tools', 'search', '', '--detail', 'full', '--limit', '50']),
    ]);
    // The harness looks for control characters in all output.
    expect(search.code).toBe(0);
    for (const line of list.stdout.split('\n')) expect(line).toMatch(/^(?:hostile: | {2}|$)/u);
  });
});
