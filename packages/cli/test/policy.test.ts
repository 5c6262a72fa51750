import { describe, expect } from 'vitest';
import { type Finished, servers, test } from './harness.ts';

const greet = "return callTool('tools', 'greet', { name: 'Ada' })";

describe.concurrent('policy', () => {
  test('--deny and --ask refuse with exit code 4 where nobody can be asked', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('greet.ts', greet);
    const [denied, asked, other] = await Promise.all([
      workshop.cli(['execute', 'greet.ts', '--deny', '*.gre*', '--json']),
      workshop.cli(['execute', 'greet.ts', '--ask', 'tools.greet', '--json']),
      workshop.cli(['execute', 'greet.ts', '--allow', 'tools.greet', '--ask', '*.secret']),
    ]);
    expect(denied.code).toBe(4);
    expect(denied.json().error.code).toBe('NOT_ALLOWED');
    expect(denied.json().calls).toMatchObject([{ status: 'refused' }]);
    expect(asked.code).toBe(4);
    expect(asked.json().error.code).toBe('APPROVAL_REQUIRED');
    expect(asked.json().calls).toMatchObject([{ status: 'refused' }]);
    expect(other.json()).toBe('Hello Ada!');
  });

  test('the configuration has a policy, and a misspelt rule is an error', async ({ workshop }) => {
    await workshop.write('greet.ts', greet);
    const config = (policy: object) =>
      JSON.stringify({ mcpServers: { tools: servers.tools }, policy });
    await workshop.write('deny.json', config({ deny: ['tools'] }));
    await workshop.write('typo.json', config({ dney: ['tools'] }));
    await workshop.write('name.json', config({ deny: ['tolls.greet'] }));
    const execute = (file: string) => workshop.cli(['execute', 'greet.ts', '--config', file]);
    const [deny, typo, name] = await Promise.all(
      ['deny.json', 'typo.json', 'name.json'].map(execute),
    );
    expect(deny?.code).toBe(4);
    expect(typo).toMatchObject({ code: 2, stdout: '' });
    expect(typo?.stderr).toContain('expected one of allow, ask, deny');
    expect(name?.code).toBe(2);
    expect(name?.stderr).toContain('Did you mean "tools"?');
  });

  test('results are cached and calls counted as the configuration says', async ({ workshop }) => {
    const policy = {
      cacheable: ['tools.identify'],
      rates: [{ tools: 'tools.greet', calls: 1, intervalMs: 3_600_000 }],
    };
    await workshop.write(
      'c.json',
      JSON.stringify({ mcpServers: { tools: servers.tools }, policy }),
    );
    await workshop.write(
      'program.ts',
      `for (const n of [1, 2, 3]) await callTool('tools', 'identify', {});
       await callTool('tools', 'greet', { name: 'Ada' });
       const error = await callTool('tools', 'greet', { name: 'Ada' }).catch((error) => error);
       return [error.code, error.retryable, error.retryAfterMs > 3_000_000];`,
    );
    const result = await workshop.cli(['execute', 'program.ts', '--config', 'c.json', '--json']);
    const { value, calls, usage } = result.json();
    expect(value).toEqual(['RATE_LIMITED', true, true]);
    expect(calls.map(({ cached }: { cached: boolean }) => cached)).toEqual([
      ...[false, true, true, false, false],
    ]);
    expect(calls.at(-1)).toMatchObject({ tool: 'greet', status: 'refused' });
    expect(usage.cacheHits).toBe(2);
  });

  test('a tool that changed since it was approved is refused, and --reapprove forgets it', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write('greet.ts', greet);
    const approved = {
      scope: workshop.path('.mcp.json'),
      server: 'tools',
      tool: 'greet',
      digest: 'other',
      parts: { description: '"Greets \u001B[31mnobody."' },
    };
    await workshop.write('state/a.json', JSON.stringify({ version: 1, approvals: [approved] }));
    const asking = ['execute', 'greet.ts', '--ask', 'tools.greet', '--approvals', 'state/a.json'];
    const changed = await workshop.cli(asking);
    expect(changed.code).toBe(4);
    expect(changed.stderr).toContain('is not the one that was approved: description, inputSchema');
    expect(changed.stderr).toContain('was "Greets \\u{001b}[31mnobody."');
    expect(changed.stderr).toContain('is  "Greets somebody."');
    const again = await workshop.cli([...asking, '--reapprove', 'tools.greet', '--json']);
    expect(again.json().error.code).toBe('APPROVAL_REQUIRED');
    expect(JSON.parse(await workshop.read('state/a.json')).approvals).toEqual([]);
  });

  test('a denied tool is in neither the wrappers nor the search, and importing it says why', async ({
    workshop,
  }) => {
    await workshop.configure({ tools: servers.tools });
    await workshop.write(
      'import.ts',
      "import { greet } from './servers/tools'; export default greet;",
    );
    await workshop.write(
      'file.ts',
      "import { greet } from './servers/tools/greet'; export default greet;",
    );
    await workshop.write(
      'typo.ts',
      "import { great } from './servers/tools'; export default great;",
    );
    await workshop.write(
      'look.ts',
      `const index = await readFile('/mcp-tools/servers/tools/index.ts');
       const found = await searchTools('greet');
       export default { index, found, files: await listFiles('/mcp-tools/servers/tools') };`,
    );
    const execute = (file: string) =>
      workshop.cli(['execute', file, '--deny', '*.greet', '--json']);
    const [look, imported, file, typo] = await Promise.all(
      ['look.ts', 'import.ts', 'file.ts', 'typo.ts'].map(execute),
    );
    const { index, found, files } = (look as Finished).json().value;
    expect(index).toContain('Left out because the policy denies them: 1.');
    expect(index).toContain('identify');
    expect(index).not.toContain('greet');
    expect(found.hits).toEqual([]);
    expect(files.join()).not.toContain('greet');
    for (const result of [imported, file]) {
      expect(result?.code).toBe(4);
      expect(result?.json().error).toMatchObject({ code: 'NOT_ALLOWED' });
      expect(result?.json().error.message).toContain('"greet" of server "tools"');
    }
    expect(typo?.json().error.code).toBe('UNKNOWN_IMPORT');
  });
});
