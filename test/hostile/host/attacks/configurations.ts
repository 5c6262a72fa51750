import { secret } from '../damage.ts';

const server = `{ "command": "node", "args": ["${secret}"] }`;
const withServer = (fields: string) => `{ "mcpServers": { "a": { ${fields} } } }`;
const withPolicy = (fields: string) => `{ "mcpServers": {}, "policy": { ${fields} } }`;

/**
 * Row 23: of a key that stands twice, one reader sees the first and another the last; and of two
 * texts that look alike, a person sees one. All are refused, as `CONFIG_INVALID`.
 */
export const configurations: Readonly<Record<string, string>> = {
  'its servers': `{ "mcpServers": { "a": ${server} }, "mcpServers": {} }`,
  'its policy': '{ "mcpServers": {}, "policy": { "deny": ["*"] }, "policy": {} }',
  'a server': `{ "mcpServers": { "a": ${server}, "a": { "command": "sh" } } }`,
  'a server, once as code points': `{ "mcpServers": { "a": ${server}, "\\u0061": ${server} } }`,
  'a command': withServer(`"command": "node", "args": ["${secret}"], "command": "sh"`),
  'a command, once as code points': withServer('"command": "node", "\\u0063ommand": "sh"'),
  arguments: withServer(`"command": "node", "args": [], "args": ["${secret}"]`),
  'a variable': withServer(`"command": "node", "env": { "T": "${secret}", "T": "x" }`),
  'an address': withServer('"url": "https://a.test", "url": "https://b.test"'),
  'a header': withServer(`"url": "https://a.test", "headers": { "x": "${secret}", "x": "y" }`),
  'that it is switched off': withServer('"command": "node", "disabled": true, "disabled": false'),
  'tools that are denied': withPolicy('"deny": ["*"], "deny": []'),
  'tools that are asked about': withPolicy('"ask": ["*"], "ask": []'),
};
