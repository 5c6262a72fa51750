import { describe, expect, test } from 'vitest';
import { metered } from './assemble.ts';

describe('the page limit', () => {
  const text = (type = '') => `(module (memory (export "memory") ${type} 2)
    (func (export "grow") (param ${type || 'i32'}) (result ${type || 'i32'}) (memory.grow (local.get 0))))`;

  test('lets memory grow to exactly the limit, and not by one page more', () => {
    const instance = metered(text(), { pages: 10 });
    expect(instance.call('grow', 7)).toBe(2);
    expect(instance.call('grow', 0)).toBe(9);
    expect(instance.call('grow', 1)).toBe(9);
    expect(instance.memory.buffer.byteLength).toBe(10 * 65_536);
    expect(instance.pageLimitHit()).toBe(false);
    expect(() => instance.call('grow', 1)).toThrow(WebAssembly.RuntimeError);
    expect(instance.pageLimitHit()).toBe(true);
    expect(instance.memory.buffer.byteLength).toBe(10 * 65_536);
  });

  test.each([0xff_ff_ff_ff, 0x80_00_00_00, 0x7f_ff_ff_ff, 0xff_ff_ff_fe, 65_536, 9])(
    'refuses a growth by %i pages, whatever the sum wraps to',
    (delta) => {
      const instance = metered(text(), { pages: 10 });
      expect(() => instance.call('grow', delta)).toThrow(WebAssembly.RuntimeError);
      expect(instance.pageLimitHit()).toBe(true);
      expect(instance.memory.buffer.byteLength).toBe(2 * 65_536);
    },
  );

  test.each([0, 1])('of %i pages, below the size at the start, refuses any growth', (pages) => {
    const instance = metered(text(), { pages });
    expect(() => instance.call('grow', 1)).toThrow(WebAssembly.RuntimeError);
    expect(instance.pageLimitHit()).toBe(true);
  });

  test('that is not set lets a growth fail as before', () => {
    const instance = metered(text());
    expect(instance.call('grow', 65_535)).toBe(-1);
    expect(instance.call('grow', 3)).toBe(2);
  });

  test('bounds a 64-bit memory as well', () => {
    const instance = metered(text('i64'), { pages: 10 });
    expect(instance.call('grow', 8n)).toBe(2n);
    expect(() => instance.call('grow', 0xff_ff_ff_ff_ff_ff_ff_ffn)).toThrow();
    expect(instance.pageLimitHit()).toBe(true);
  });

  test('its trap is not caught by the module itself', () => {
    const instance = metered(
      `(module (memory (export "memory") 1) (func (export "f") (result i32)
        (try (result i32) (do (memory.grow (i32.const 5))) (catch_all (i32.const 2)))))`,
      { pages: 3 },
    );
    expect(() => instance.call('f')).toThrow(WebAssembly.RuntimeError);
  });
});
