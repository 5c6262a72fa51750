/** A survivor that behaves as the original does, and why. */
export interface Equivalent {
  readonly file: string;
  /** The code that is replaced. */
  readonly original: string;
  readonly replacements: readonly string[];
  readonly because: string;
}

const bridge = (name: string) => `packages/bridge/src/${name}.ts`;
const metering = (name: string) => `packages/wasm-runtime/src/metering/${name}.ts`;
const invented = '["Stryker was here"]';

export const equivalents: readonly Equivalent[] = [
  {
    file: bridge('policy-config'),
    original: '[]',
    replacements: [invented],
    because: 'The parser gives children to each array and object; its types do not say so.',
  },
  {
    file: bridge('policy-config'),
    original: 'value.parent?.offset',
    replacements: ['value.parent.offset'],
    because: 'The value of a member has a parent; the types of the parser do not say so.',
  },
  {
    file: bridge('rate-limit'),
    original: 'performance.now() + retryAfterMs > deadline',
    replacements: ['performance.now() + retryAfterMs >= deadline'],
    because: 'The clock has fractions of a microsecond.',
  },
  {
    file: bridge('rate-store'),
    original: 'error instanceof Error',
    replacements: ['false'],
    because: 'The limiter in memory throws nothing but its answer.',
  },
  {
    file: bridge('tool-pattern'),
    original: 'index < text.length',
    replacements: ['index <= text.length'],
    because: 'There is no character at the end, so nothing is added.',
  },
  {
    file: metering('binary'),
    original: 'shift < 35',
    replacements: ['shift <= 35'],
    because: 'The fifth byte ends the integer or is refused.',
  },
  {
    file: metering('binary'),
    original: 'this.length + count <= this.#bytes.length',
    replacements: ['this.length + count < this.#bytes.length'],
    because: 'It grows one byte earlier than it has to.',
  },
  {
    file: metering('binary'),
    original: 'this.#bytes.length * 2',
    replacements: ['this.#bytes.length / 2'],
    because: 'It grows by what is needed, and more often.',
  },
  {
    file: metering('body'),
    original: "'repeats with values'",
    replacements: ['""'],
    because: 'It is compared with the two other labels alone.',
  },
  {
    file: metering('body'),
    original: '(body.end - body.position) * 2',
    replacements: ['(body.end - body.position) / 2'],
    because: 'The writer grows by itself.',
  },
  {
    file: metering('body'),
    original: 'body.end - body.position',
    replacements: ['body.end + body.position'],
    because: 'The writer begins larger than it needs to.',
  },
  {
    file: metering('body'),
    original: 'this.#spaces[space][immediates.u32()]?.is64',
    replacements: ['this.#spaces[space][immediates.u32()].is64'],
    because: 'A module with an index past the end is refused as not valid.',
  },
  {
    file: metering('body'),
    original: 'false',
    replacements: ['true'],
    because: 'A module with an index past the end is refused as not valid.',
  },
  {
    file: metering('body'),
    original: 'this.#spaces.types[immediates.u32()]?.parts',
    replacements: ['this.#spaces.types[immediates.u32()].parts'],
    because: 'A module with an index past the end is refused as not valid.',
  },
  {
    file: metering('body'),
    original: 'default:\n        return undefined;',
    replacements: ['default:'],
    because: 'A function without a return gives undefined.',
  },
  {
    file: metering('call-graph'),
    original: '[]',
    replacements: [invented],
    because: 'What is settled for a caller that is no index is not looked at.',
  },
  {
    file: metering('instructions'),
    original: '{\n    return;\n  }',
    replacements: ['{}'],
    because: 'Nothing follows.',
  },
  {
    file: metering('instrumentation'),
    original: 'rest > 0x3fn',
    replacements: ['rest >= 0x3fn'],
    because: '63 is written with two bytes, and is the same integer.',
  },
  {
    file: metering('instrumentation'),
    original: "case 'payElements64':\n        return payFor(parameter, shifts.elements);",
    replacements: ["case 'payElements64':"],
    because: 'A wait costs the same by its operand.',
  },
  {
    file: metering('meter'),
    original: 'content.length * 1.1',
    replacements: ['content.length / 1.1'],
    because: 'The writer grows by itself.',
  },
  {
    file: metering('module'),
    original: '{ parts: 0 }',
    replacements: ['{}'],
    because: 'Of an array nobody asks for its parts, and none would be 0.',
  },
  {
    file: metering('module'),
    original: 'types[reader.u32()]?.parts',
    replacements: ['types[reader.u32()].parts'],
    because: 'A module with an index past the end is refused as not valid.',
  },
  {
    file: metering('module'),
    original: 'reader.end + entries.length + 8',
    replacements: ['reader.end + entries.length - 8'],
    because: 'The writer grows by itself.',
  },
  {
    file: metering('module'),
    original: '(sum, { content }) => sum + content.length + 8',
    replacements: ['() => undefined'],
    because: 'The writer grows by itself.',
  },
  {
    file: metering('module'),
    original: 'sum + content.length + 8',
    replacements: ['sum + content.length - 8'],
    because: 'The writer grows by itself.',
  },
  {
    file: metering('module'),
    original: 'size * 1.1',
    replacements: ['size / 1.1'],
    because: 'The writer grows by itself.',
  },
  {
    file: metering('module'),
    original: 'id !== 0',
    replacements: ['true'],
    because: 'No section stands before a custom one by its rank, which is -1.',
  },
  {
    file: metering('module'),
    original: 'writer.view().slice()',
    replacements: ['writer.view()'],
    because: 'The same bytes, in a buffer that is larger.',
  },
  {
    file: 'packages/vfs/src/host-folder.ts',
    original: 'a < b',
    replacements: ['a <= b'],
    because: 'No folder has two equal names.',
  },
  {
    file: 'packages/vfs/src/host-folder.ts',
    original: 'entry.isSymbolicLink()',
    replacements: ['true'],
    because: 'Behind what is no file, folder or link there is no file or folder either.',
  },
  {
    file: 'packages/cli/src/output-folder.ts',
    original: 'a < b',
    replacements: ['a <= b'],
    because: 'No folder has two equal names.',
  },
  {
    file: 'packages/vfs/src/host-folder.ts',
    original: '[]',
    replacements: [invented],
    because: 'Nothing that was asked for is like it.',
  },
  {
    file: 'packages/vfs/src/host-folder.ts',
    original: '/\\/$/',
    replacements: ['/\\//'],
    because: 'A name has no other slash.',
  },
  {
    file: 'packages/cli/src/output-folder.ts',
    original: "'{}'",
    replacements: ['""'],
    because: 'No JSON is an empty list too.',
  },
  {
    file: 'packages/cli/src/output-folder.ts',
    original: "''",
    replacements: ['"Stryker was here!"'],
    because: 'It is compared with digests.',
  },
  {
    file: 'packages/cli/src/output-folder.ts',
    original: "[...new Set([...sums, digest(text)])].join(' ').trim()",
    replacements: ["[...new Set([...sums, digest(text)])].join(' ')"],
    because: 'The list is split at the space again.',
  },
];
