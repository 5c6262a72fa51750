import type { Row } from '../hostile-program.ts';

/** Row 14: paths lead nowhere else. */
export const paths: Row = {
  groups: [
    {
      end: { returned: 'FILE_NOT_FOUND' },
      programs: {
        'reading /etc/passwd':
          "return await readFile('/etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading /proc/self/environ':
          "return await readFile('/proc/self/environ').then((text) => ['read', text.length], (error) => error.code)",
        'reading //etc/passwd':
          "return await readFile('//etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading ~/.ssh/id_rsa':
          "return await readFile('~/.ssh/id_rsa').then((text) => ['read', text.length], (error) => error.code)",
        'reading /mcp-tools/../etc/passwd':
          "return await readFile('/mcp-tools/../etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading /mnt/../etc/passwd':
          "return await readFile('/mnt/../etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/con':
          "return await readFile('/workspace/con').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/a:b':
          "return await readFile('/workspace/a:b').then((text) => ['read', text.length], (error) => error.code)",
        'reading /mcp-tools/servers/__proto__/index.ts':
          "return await readFile('/mcp-tools/servers/__proto__/index.ts').then((text) => ['read', text.length], (error) => error.code)",
        'reading /mcp-tools/servers/constructor/index.ts':
          "return await readFile('/mcp-tools/servers/constructor/index.ts').then((text) => ['read', text.length], (error) => error.code)",
        'listing /etc':
          "return await listFiles('/etc').then((names) => names.length, (error) => error.code)",
        'listing /proc/self/fd':
          "return await listFiles('/proc/self/fd').then((names) => names.length, (error) => error.code)",
        'listing /mnt':
          "return await listFiles('/mnt').then((names) => names.length, (error) => error.code)",
      },
    },
    {
      end: { returned: 'INVALID_PATH' },
      programs: {
        'reading ../../etc/passwd':
          "return await readFile('../../etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/../../etc/passwd':
          "return await readFile('/workspace/../../etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/%2e%2e/%2e%2e/etc/passwd':
          "return await readFile('/workspace/%2e%2e/%2e%2e/etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace\\\\..\\\\..\\\\etc':
          "return await readFile('/workspace\\\\..\\\\..\\\\etc').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/a\\0b':
          "return await readFile('/workspace/a\\0b').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/\\uff0e\\uff0e/x':
          "return await readFile('/workspace/\\uff0e\\uff0e/x').then((text) => ['read', text.length], (error) => error.code)",
        'reading file:///etc/passwd':
          "return await readFile('file:///etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/./../../proc/self/environ':
          "return await readFile('/workspace/./../../proc/self/environ').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace//../..//etc/passwd':
          "return await readFile('/workspace//../..//etc/passwd').then((text) => ['read', text.length], (error) => error.code)",
        'reading C:\\\\Windows\\\\win.ini':
          "return await readFile('C:\\\\Windows\\\\win.ini').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/\u2026/x':
          "return await readFile('/workspace/\u2026/x').then((text) => ['read', text.length], (error) => error.code)",
      },
    },
    {
      end: { returned: 'NOT_A_FILE' },
      programs: {
        'reading an empty path':
          "return await readFile('').then((text) => ['read', text.length], (error) => error.code)",
        'reading /':
          "return await readFile('/').then((text) => ['read', text.length], (error) => error.code)",
        'reading .':
          "return await readFile('.').then((text) => ['read', text.length], (error) => error.code)",
        'reading ..':
          "return await readFile('..').then((text) => ['read', text.length], (error) => error.code)",
        'reading /workspace/..':
          "return await readFile('/workspace/..').then((text) => ['read', text.length], (error) => error.code)",
        'writing /workspace':
          "return await writeFile('/workspace', 'x').then(() => 'written', (error) => error.code)",
      },
    },
    {
      end: { returned: 'READ_ONLY' },
      programs: {
        'writing /etc/x':
          "return await writeFile('/etc/x', 'x').then(() => 'written', (error) => error.code)",
        'writing /mcp-tools/x.ts':
          "return await writeFile('/mcp-tools/x.ts', 'x').then(() => 'written', (error) => error.code)",
        'writing /mcp-tools/globals.d.ts':
          "return await writeFile('/mcp-tools/globals.d.ts', 'x').then(() => 'written', (error) => error.code)",
        'writing /workspace/../x':
          "return await writeFile('/workspace/../x', 'x').then(() => 'written', (error) => error.code)",
        'writing /mnt/x':
          "return await writeFile('/mnt/x', 'x').then(() => 'written', (error) => error.code)",
        'writing /':
          "return await writeFile('/', 'x').then(() => 'written', (error) => error.code)",
      },
    },
    {
      end: { returned: 2 },
      programs: {
        'listing /':
          "return await listFiles('/').then((names) => names.length, (error) => error.code)",
        'listing /workspace/..':
          "return await listFiles('/workspace/..').then((names) => names.length, (error) => error.code)",
      },
    },
    {
      end: { returned: null },
      programs: {
        'a path that is an object':
          "return await readFile({ toString: () => '/etc/passwd' }).then(() => 'read', (error) => error.code)",
        'a path that changes':
          "let n = 0; return await readFile({ toString: () => n++ ? '/etc/passwd' : '/workspace/a' }).then(() => 'read', (error) => error.code)",
      },
    },
  ],
};
