/** In Node 24 and in Node 26. */
const badCallee = /^(?:null function or )?function signature mismatch$/u;

/** The words of the specification's interpreter for each trap, and V8's. */
const table: readonly (readonly [spec: RegExp, v8: RegExp])[] = [
  [/^integer divide by zero$/u, /^(?:divide|remainder) by zero$/u],
  [/^integer overflow$/u, /^(?:divide result|float) unrepresentable/u],
  [/^invalid conversion to integer$/u, /^float unrepresentable/u],
  [
    /^out of bounds memory access$/u,
    /^memory access out of bounds$|data segment(?: \d+ is)? out of bounds/u,
  ],
  [
    /^out of bounds table access$/u,
    /table index is out of bounds$|^element segment out of bounds/u,
  ],
  [/^undefined element/u, /^table index is out of bounds$/u],
  [/^uninitialized element/u, badCallee],
  [/^indirect call type mismatch$/u, badCallee],
  [/^unreachable/u, /^unreachable$/u],
  [/^null .*reference$/u, /^dereferencing a null pointer$/u],
  [/^cast failure$/u, /^illegal cast$/u],
  [/^unaligned atomic$/u, /^operation does not support unaligned accesses$/u],
  [/^expected shared memory$/u, /^Atomics.wait cannot be called/u],
  [/^out of bounds array access$/u, /^array element access out of bounds$/u],
];

/** What V8 says where the specification's tests expect the trap `message`. */
export function trapMessages(message: string): RegExp {
  const entry = table.find(([spec]) => spec.test(message));
  if (entry === undefined) throw new Error(`What does V8 say for the trap "${message}"?`);
  return entry[1];
}
