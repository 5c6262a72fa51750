import fc from 'fast-check';
import type { TestProgram } from './process.ts';

/** Statements over `total`, `list` and `map`; each makes `calls` calls, one after the other. */
const statement = fc.oneof(
  fc.nat(1_000).map((n) => ({ calls: 0, code: `total += ${n}; list.push(total % 7);` })),
  fc.nat(40).map((n) => ({ calls: 0, code: `map.set('k' + ${n}, [1, 2].map((m) => m * total));` })),
  fc
    .nat(300)
    .map((n) => ({ calls: 0, code: `list.push('ab'.repeat(${n}).replaceAll('a', '').length);` })),
  fc.constant({ calls: 0, code: 'console.log(total, list.length, [...map.keys()]);' }),
  fc.constant({ calls: 0, code: 'list.push(Math.random(), crypto.randomUUID());' }),
  fc.constant({ calls: 0, code: 'await sleep(1); await null; total++;' }),
  fc.nat(9).map((n) => ({ calls: 1, code: `list.push(await tick(${n}));` })),
  fc
    .nat(3)
    .map((n) => ({ calls: n, code: `for (let i = 0; i < ${n}; i++) total += await later(i);` })),
  fc.nat(9).map((n) => ({
    calls: 1,
    code: `try { throw await tick(${n}); } catch (thrown) { list.push(thrown); } finally { total--; }`,
  })),
  fc.nat(30).map((n) => ({ calls: 0, code: `list.push([...letters(${n})].sort().join(''));` })),
);

const head = `
  let total = 1; const list = []; const map = new Map();
  const later = async (i) => { await null; return i + await tick(i); };
  function* letters(n) { for (let i = 0; i < n; i++) yield String.fromCharCode(97 + (i * 7) % 26); }`;
const tail = 'await tick(0); return { total, list, map: [...map] };';

/** A program that ends, and at which of its calls it is frozen. Its name is its text. */
export const randomProgram: fc.Arbitrary<TestProgram> = fc
  .tuple(fc.array(statement, { minLength: 2, maxLength: 9 }), fc.nat())
  .map(([statements, at]) => {
    const calls = statements.reduce((sum, one) => sum + one.calls, 1);
    const body = statements.map(({ code }) => code).join('\n');
    return { name: body, source: `${head}\n${body}\n${tail}`, frozenAt: 1 + (at % calls) };
  });
