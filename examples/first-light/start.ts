/**
 * The main job, from two real MCP servers to one small result, with what it cost and what it saved.
 * `npm start` runs it; `start.test.ts` asserts it.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createBridge, readServerConfig } from '@org/bridge';
import { generateGlobals, generateServerFiles, serverFolders } from '@org/codegen';
import { parseVfsPath, type ServerCatalog, type ToolCaller, toolsRoot } from '@org/core';
import { introspect } from '@org/introspector';
import { createFileSystem } from '@org/vfs';
import { createSandbox } from '@org/wasm-runtime';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const here = fileURLToPath(new URL('.', import.meta.url));
const show = (text = '') => process.stdout.write(`${text}\n`);
const heading = (text: string) => show(`\n${text}\n${'-'.repeat(text.length)}`);
const number = (value: number) => new Intl.NumberFormat('en-US').format(value).padStart(9);

// 1. Start the servers and ask what they offer.
const servers = await readServerConfig({ cwd: here, env: process.env });
await using bridge = createBridge({ servers, introspect });
heading('1. Two MCP servers over stdio');
const catalogs = await Promise.all(bridge.servers.map((server) => bridge.catalog(server)));
for (const { server, serverInfo, tools } of catalogs) {
  show(`${server}: ${tools.length} tools (${serverInfo.name} ${serverInfo.version})`);
}

// 2. Write their tools as typed functions into the virtual file system.
const files = createFileSystem();
const folders = serverFolders(bridge.servers);
files.publish(new Map([[parseVfsPath('globals.d.ts', toolsRoot), generateGlobals()]]));
for (const catalog of catalogs) {
  files.publish(generateServerFiles(catalog, folders.get(catalog.server) as string));
}
heading('2. Their tools as a typed API');
show(await files.tree());

// 3. Run the agent's program in the sandbox. This caller only listens, to count tokens.
let resultTokens = 0;
const tools: ToolCaller = {
  async callTool(call, options) {
    const outcome = await bridge.callTool(call, options);
    if (outcome.status === 'done') resultTokens += countTokens(outcome.json);
    return outcome;
  },
};
const program = await readFile(new URL('agent.ts', import.meta.url), 'utf8');
await using sandbox = await createSandbox({ tools, files });
heading('3. The program agent.ts, in the sandbox');
const outcome = await sandbox.run(program, { name: 'agent.ts', args: { above: 600 } });
for (const { level, message } of outcome.logs) show(`[${level}] ${message}`);
for (const { server, tool, status, ms, bytes } of outcome.calls) {
  show(
    `${status} ${`${server}.${tool}`.padEnd(34)} ${ms.toFixed(1).padStart(6)} ms ${number(bytes)} bytes`,
  );
}
if (outcome.status !== 'returned') {
  show(JSON.stringify(outcome, null, 2));
  throw new Error(`The run ended as ${outcome.status}.`);
}
const result = JSON.stringify(outcome.value, null, 2);
show(`\nresult: ${result}`);

// 4. What it took, and what an agent's context was spared.
const { fuel, memoryBytes, wallMs, toolCalls, bytesFromTools, bytesReturned } = outcome.usage;
heading('4. What it took');
show(`fuel      ${number(fuel)} units`);
show(`memory    ${number(memoryBytes)} bytes`);
show(`time      ${number(Math.round(wallMs))} ms`);
show(`calls     ${number(toolCalls)}`);
show(`in        ${number(bytesFromTools)} bytes from tools`);
show(`out       ${number(bytesReturned)} bytes returned`);

/** Every definition as `tools/list` gives it: what an agent without a sandbox must read first. */
function definitions(catalog: ServerCatalog): string {
  return JSON.stringify(
    catalog.tools.map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
      name,
      title,
      description,
      inputSchema,
      outputSchema,
      annotations,
    })),
  );
}
const definitionTokens = catalogs.reduce((sum, one) => sum + countTokens(definitions(one)), 0);
const imported = [
  'files/list_directory',
  'files/read_text_file',
  'everything/get_sum',
  'everything/get_structured_content',
];
let wrapperTokens = 0;
for (const name of imported) {
  const path = parseVfsPath(`servers/${name}.ts`, toolsRoot);
  wrapperTokens += countTokens(await files.readFile(path));
}
const listingTokens = countTokens(await files.tree(toolsRoot));
const programTokens = countTokens(program);
const returnedTokens = countTokens(result);
const direct = definitionTokens + resultTokens;
const sandboxed = listingTokens + wrapperTokens + programTokens + returnedTokens;
heading('Tokens in the context (o200k, counted)');
show(`tools called directly             program in the sandbox`);
show(
  `definitions ${number(definitionTokens)}             tree of the API ${number(listingTokens)}`,
);
show(`results     ${number(resultTokens)}             wrappers read   ${number(wrapperTokens)}`);
show(`                                  the program     ${number(programTokens)}`);
show(`                                  its result      ${number(returnedTokens)}`);
show(`sum         ${number(direct)}             sum             ${number(sandboxed)}`);
show(`\n${number(direct - sandboxed).trim()} tokens stayed out of the context.`);
show('Not counted: the messages and turns around the calls, on either side.');
