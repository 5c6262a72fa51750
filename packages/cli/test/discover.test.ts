import { describe, expect } from 'vitest';
import { expectAll, servers, test, type Workshop } from './harness.ts';

async function configure(workshop: Workshop, policy: object): Promise<void> {
  const entry = servers.shifting;
  const env = { ...entry.env, RESULT: '{"id":1}', PID_FILE: workshop.path('github.pid') };
  const mcpServers = { github: { ...entry, env }, everything: servers.everything };
  await workshop.write('.mcp.json', JSON.stringify({ mcpServers, policy }));
}

const trusted = { trustAnnotations: ['github'] };

describe.concurrent('discover', { timeout: 200_000 }, () => {
  test('calls what only reads, after --yes, and shows the types as TypeScript', async ({
    workshop,
  }) => {
    await configure(workshop, trusted);
    const result = await workshop.cli(['discover', 'github', '--yes', '--audit', 'calls.jsonl']);
    expect(result.code).toBe(0);
    expect(result.stdout).toBe(
      '// github.get_issue: observed (1)\nexport type GetIssueResult = { id: number };\n\n',
    );
    expectAll(result.stderr, [
      'Left out github.find_issue: nobody says that it only reads; name it to be asked about it.\n',
      'Left out github.get_declared: it declares the type of its results.\n',
    ]);
    expect((await workshop.read('calls.jsonl')).trim().split('\n')).toHaveLength(1);
    const again = await workshop.cli(['discover', 'github', '--yes', '--json']);
    expect(again.json()).toMatchObject({
      calls: [{ server: 'github', tool: 'get_issue', status: 'done' }],
      types: [
        {
          server: 'github',
          tool: 'get_issue',
          results: 2,
          schema: { type: 'object', required: ['id'] },
          typescript: 'export type GetIssueResult = { id: number };\n',
        },
      ],
      skipped: [{ tool: 'find_issue' }, { tool: 'get_declared' }],
    });
    const generated = await workshop.cli(['generate', 'github', '--output', 'api']);
    expect(generated.code).toBe(0);
    expect(await workshop.read('api/servers/github/get_issue.ts')).toContain('observed (2)');
  });

  test('without a terminal and without consent it calls nothing', async ({ workshop }) => {
    await configure(workshop, trusted);
    const args = ['--audit', 'calls.jsonl'];
    const [reads, writes] = await Promise.all([
      workshop.cli(['discover', 'github', ...args]),
      workshop.cli(['discover', 'github.find_issue', '--args', '{"id": 7}', '--yes', ...args]),
    ]);
    expect(reads).toMatchObject({ code: 4, stdout: '' });
    expectAll(reads.stderr, ['nobody agreed to calls:\n', '  github.get_issue {}\n', '--yes']);
    expect(writes).toMatchObject({ code: 4, stdout: '' });
    expectAll(writes.stderr, [/find_issue \{\s+"id": 7\s+\}/, '--confirm']);
    await expect(workshop.read('calls.jsonl')).rejects.toThrow('ENOENT');
  });

  test('parameters come from --args or the policy, one call for each', async ({ workshop }) => {
    const discover = {
      'github.find_issue': [{ id: 1 }, { id: 2 }],
      'github.fnd_issue': { id: 1 },
    };
    await configure(workshop, { discover, readOnly: ['github.find_*'] });
    const [sampled, named] = await Promise.all([
      workshop.cli(['discover', 'github', '--yes', '--json']),
      workshop.cli([
        ...['discover', 'github.find_issue', '--json', '--yes'],
        ...['--args', '[{"id": 3}]'],
      ]),
    ]);
    expect(sampled.json().calls).toHaveLength(2);
    expect(sampled.json().skipped).toContainEqual({
      server: 'github',
      tool: 'fnd_issue',
      reason: 'the server has no such tool',
    });
    expect(named.json().calls).toHaveLength(1);
  });

  test('a tool that is not known to only read is called when it is confirmed by name', async ({
    workshop,
  }) => {
    await configure(workshop, {});
    const confirm = ['--confirm', 'github.get_issue'];
    const [other, right] = await Promise.all([
      workshop.cli(['discover', 'github.get_issue', '--confirm', 'github.get_issu', '--yes']),
      workshop.cli(['discover', 'github.get_issue', ...confirm, '--json']),
    ]);
    expect(other.code).toBe(4);
    expect(right.json().calls).toMatchObject([{ status: 'done' }]);
  });

  test('the policy holds, and failures have their exit codes', async ({ workshop }) => {
    await configure(workshop, { ...trusted, deny: ['github.get_issue'] });
    const refused = await workshop.cli(['discover', 'github.get_issue', '--yes', '--json']);
    expect(refused.code).toBe(4);
    expect(refused.json().calls).toMatchObject([
      { status: 'refused', error: { code: 'NOT_ALLOWED' } },
    ]);
    await configure(workshop, { readOnly: ['github'] });
    const failed = await workshop.cli([
      ...['discover', 'github.find_issue', '--yes'],
      ...['--args', '[{"id": "x"}, {"id": 1}]'],
    ]);
    expect(failed.code).toBe(1);
    expectAll(failed.stderr, ['github.find_issue failed: The parameters do not fit "find_issue"']);
    expect(failed.stdout).toContain('observed (1)');
    await workshop.configure({ absent: servers.absent });
    expect((await workshop.cli(['discover', '--yes'])).code).toBe(5);
  });

  test.for<[string, string[], string]>([
    ['no such tool', ['github.nope'], 'No tool is called github.nope.'],
    ['no such server', ['gitub'], 'Did you mean "github"?'],
    ['arguments for many', ['github', '--args', '{}'], '--args is for one tool, not for 3.'],
    ['arguments that are none', ['github.get_issue', '--args', '5'], 'must be an object'],
    ['arguments that are no JSON', ['github.get_issue', '--args', '{'], '--args is not JSON'],
  ])('wrong usage: %s', async ([, args, words], { workshop }) => {
    await configure(workshop, trusted);
    const result = await workshop.cli(['discover', ...args, '--yes']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(words);
  });

  test('samples that are no objects are an error of the configuration', async ({ workshop }) => {
    await configure(workshop, { discover: { 'github.get_issue': [1] } });
    const result = await workshop.cli(['discover']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('expected a list of parameters, each an object');
  });
});
