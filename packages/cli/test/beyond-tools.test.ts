// Resources, prompts and images, as a user meets them on the command line.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { servers, test } from './harness.ts';

const offering = {
  command: process.execPath,
  args: [path.resolve(import.meta.dirname, '../../bridge/test/fixtures/offering.ts')],
};

describe.concurrent('introspect', () => {
  test('shows resources, templates and prompts', async ({ workshop }) => {
    await workshop.configure({ everything: servers.everything });
    const [plain, document] = await Promise.all([
      workshop.cli(['introspect', 'everything']),
      workshop.cli(['introspect', 'everything', '--json']),
    ]);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(
      /^everything: 13 tools, 7 resources, 2 resource templates, 4 prompts \(/,
    );
    expect(plain.stdout).toContain('\n  resources:\n    demo://resource/static/document/');
    expect(plain.stdout).toMatch(/\n {4}args-prompt\(city, state\?\) +A prompt with two arguments/);
    const [catalog] = document.json().servers;
    expect(catalog.capabilities).toMatchObject({ resources: { subscribe: true } });
    expect(catalog.resourceTemplates[0].uriTemplate).toBe(
      'demo://resource/dynamic/blob/{resourceId}',
    );
    expect(catalog.prompts.map(({ name }: { name: string }) => name)).toContain('args-prompt');
  });

  test('a list that is none is an error of the server', async ({ workshop }) => {
    await workshop.configure({ odd: { ...offering, args: [...offering.args, 'wrong'] } });
    const result = await workshop.cli(['introspect', 'odd']);
    expect(result.code).toBe(5);
    expect(result.stderr).toContain('it answered without a list of resources');
  });
});

describe.concurrent('execute', () => {
  test('a program reads resources and prompts', async ({ workshop }) => {
    await workshop.configure({ everything: servers.everything });
    const result = await workshop.run(
      `const { resources } = await listResources('everything');
       const { contents } = await readResource('everything', resources[0].uri);
       const { prompts } = await listPrompts('everything');
       const { messages } = await getPrompt('everything', 'args-prompt', { city: 'Rome' });
       return [contents[0].text.slice(0, 12), prompts.length, messages[0].content.text]`,
    );
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toEqual(['# Everything', 4, "What's weather in Rome?"]);
    expect(result.stderr).toMatch(/done {4}everything\.@resources\/read [\d.]+ ms/);
  });

  test('what the server does not have is an error to act on', async ({ workshop }) => {
    await workshop.configure({ everything: servers.everything });
    const result = await workshop.run("await getPrompt('everything', 'arg-prompt')");
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('has no prompt "arg-prompt". Did you mean "args-prompt"?');
    expect(result.stderr).toContain('at program.ts:1:7');
  });

  test('--allow of a tool refuses resources, --allow of the server does not', async ({
    workshop,
  }) => {
    await workshop.configure({ everything: servers.everything });
    const program = "return (await listPrompts('everything')).prompts.length";
    const [tool, all, prompts] = await Promise.all([
      workshop.run(program, '--allow', 'everything.*-*'),
      workshop.run(program, '--allow', 'everything'),
      workshop.run(program, '--allow', 'everything.@prompts/*'),
    ]);
    expect(tool.code).toBe(4);
    expect(tool.stderr).toContain(
      'Calls of "@prompts/list" of server "everything" are not allowed',
    );
    expect([all.stdout, prompts.stdout]).toEqual(['4\n', '4\n']);
  });

  test('--ask without a terminal refuses', async ({ workshop }) => {
    await workshop.configure({ everything: servers.everything });
    const result = await workshop.run("await listPrompts('everything')", '--ask', 'everything.@*');
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('"@prompts/list"');
  });

  test('an image goes to another tool and into the result without entering', async ({
    workshop,
  }) => {
    await workshop.configure({ offering });
    const result = await workshop.run(
      `const [image] = await callTool('offering', 'picture', { bytes: 3_000_000 });
       const { sha256, length } = await callTool('offering', 'measure', { data: image.data });
       return { inside: image.data.length, size: image.size, sha256, length, image }`,
      '--json',
      '--memory',
      '16MiB',
    );
    expect(result.code).toBe(0);
    const { value, usage } = result.json();
    expect(value).toMatchObject({ inside: 45, size: 3_000_000, length: 4_000_000 });
    expect(value.image.data).toHaveLength(4_000_000);
    expect(createHash('sha256').update(value.image.data).digest('hex')).toBe(value.sha256);
    expect(usage.bytesReturned).toBeLessThan(400);
    expect(usage.bytesFromTools).toBeLessThan(400);
  });

  test('readBlob() brings the bytes in, within the memory of the run', async ({ workshop }) => {
    await workshop.configure({ offering });
    const program = `const [image] = await callTool('offering', 'picture', { bytes: 3_000_000 });
      return Uint8Array.fromBase64(await readBlob(image.data)).length`;
    const [enough, little] = await Promise.all([
      workshop.run(program),
      workshop.run(program, '--memory', '12MiB'),
    ]);
    expect(enough.stdout).toBe('3000000\n');
    expect(little.code).toBe(3);
    expect(little.stderr).toContain('the limit memory');
  });
});
