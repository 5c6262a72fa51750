import { readdir, stat } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { test } from '../harness.ts';

const add = ['serve', 'token', 'add'];

describe.concurrent('serve token', () => {
  test('a token is shown once, and listed with what it may do', async ({ workshop }) => {
    const added = await workshop.cli([
      ...[...add, 'ci', '--allow', 'github.get_*', '--allow', 'files', '--deny', '*.delete_*'],
      ...['--profile', 'strict', '--max-wall', '5s', '--max-calls', '7', '--no-skills'],
      ...['--approvals', 'operator', '--tokens', 'tokens'],
    ]);
    expect(added.code).toBe(0);
    expect(added.stdout).toMatch(/^mcp_ci_[A-Za-z0-9_-]{43}\n$/u);
    expect(added.stderr).toContain('shown once');
    const listed = await workshop.cli(['serve', 'token', 'list', '--tokens', 'tokens', '--json']);
    expect(listed.json()).toEqual({
      tokens: [
        {
          name: 'ci',
          use: 'agents',
          policy: { allow: ['github.get_*', 'files'], deny: ['*.delete_*'] },
          limits: { profile: 'strict', overrides: { wallMs: 5_000, toolCalls: 7 } },
          skills: [],
          approvals: 'operator',
          createdAt: expect.any(String),
        },
      ],
    });
    const secret = added.stdout.trim().slice('mcp_ci_'.length);
    expect(await workshop.read('tokens/ci.json')).not.toContain(secret);
    expect((await stat(workshop.path('tokens/ci.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(workshop.path('tokens'))).toEqual(['ci.json']);
  });

  test('tokens are kept in the configuration of the user', async ({ workshop }) => {
    const added = await workshop.cli([...add, 'prometheus', '--for', 'metrics', '--json']);
    expect(added.json()).toEqual({
      name: 'prometheus',
      token: expect.stringMatching(/^mcp_prometheus_/u),
    });
    const revoked = await workshop.cli(['serve', 'token', 'revoke', 'prometheus']);
    expect(revoked.code).toBe(0);
    const listed = await workshop.cli(['serve', 'token', 'list']);
    expect(listed.stdout).toMatch(/^prometheus {2}revoked \d{4}-\d\d-\d\d\n$/u);
    const again = await workshop.cli([...add, 'prometheus']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--reuse-name')]);
    expect((await workshop.cli([...add, 'prometheus', '--reuse-name'])).code).toBe(0);
  });

  test('wrong usage is exit code 2, and adds nothing', async ({ workshop }) => {
    const wrong = [
      ['Nope'],
      ['local'],
      ['../up'],
      ['a', '--for', 'metrics', '--deny', 'x'],
      ['a', '--allow', ''],
      ['a', '--deny', 'github.'],
      ['a', '--max-wall', 'soon'],
      ['a', '--max-calls', '0'],
      ['a', '--skill', 'x', '--no-skills'],
      ['a', '--profile', 'huge'],
      [],
    ];
    const ended = await Promise.all(
      wrong.map((args) => workshop.cli([...add, ...args, '--tokens', 'tokens'])),
    );
    expect(ended.map(({ code }) => code)).toEqual(wrong.map(() => 2));
    expect(ended.map(({ stdout }) => stdout).join('')).toBe('');
    const listed = await workshop.cli(['serve', 'token', 'list', '--tokens', 'tokens', '--json']);
    expect(listed.json()).toEqual({ tokens: [] });
    const gone = await workshop.cli(['serve', 'token', 'revoke', 'a', '--tokens', 'tokens']);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('no token named a')]);
  });
});
