/** Computations, as statements that leave their result in `result`. */
export interface CpuProgram {
  readonly name: string;
  readonly code: string;
  readonly result: unknown;
}

export const cpuPrograms: readonly CpuProgram[] = [
  {
    name: 'loop',
    code: 'let result = 0; for (let i = 0; i < 2e6; i++) result = (result * 31 + i) | 0;',
    result: loop(),
  },
  {
    name: 'JSON',
    code: `
      const items = [];
      for (let id = 0; id < 20_000; id++) {
        items.push({ id, name: 'item ' + id, tags: ['a', 'b'], nested: { x: id / 3 } });
      }
      let result = 0;
      for (let i = 0; i < 3; i++) result += JSON.parse(JSON.stringify(items)).length;`,
    result: 60_000,
  },
  {
    name: 'sort',
    code: `
      const numbers = [];
      let seed = 1;
      for (let i = 0; i < 150_000; i++) {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        numbers.push(seed);
      }
      numbers.sort((a, b) => a - b);
      const result = numbers.every((n, i) => i === 0 || numbers[i - 1] <= n);`,
    result: true,
  },
  {
    name: 'function calls',
    code: `
      function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
      const result = fib(25);`,
    result: 75_025,
  },
  {
    name: 'regex',
    code: `
      const text = 'the quick brown fox jumps over 13 lazy dogs '.repeat(200);
      let result = 0;
      for (let i = 0; i < 10; i++) result += text.match(/(\\w+)\\s(\\d+)/g).length;`,
    result: 2_000,
  },
];

function loop(): number {
  let result = 0;
  for (let i = 0; i < 2e6; i++) result = (result * 31 + i) | 0;
  return result;
}
