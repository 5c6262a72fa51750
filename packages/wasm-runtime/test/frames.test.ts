import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldText, MessageWriter, readFrames } from '../src/frames.ts';
import { frames } from './steps.ts';

const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 });
const written = fc.array(fc.record({ kind: fc.nat(255), id: fc.nat(2 ** 32 - 1), fields: texts }), {
  maxLength: 6,
});

/** The frames as bytes, without the clock before them. */
function bytesOf(list: readonly { kind: number; id: number; fields: string[] }[]): Uint8Array {
  const writer = new MessageWriter();
  for (const { kind, id, fields } of list) writer.frame(kind, id, ...fields);
  return writer.finish(5).subarray(8);
}

describe('MessageWriter and readFrames()', () => {
  test('give back what was written', () => {
    fc.assert(
      fc.property(written, (list) => {
        expect(frames(bytesOf(list))).toEqual(list);
      }),
    );
  });

  test('the clock stands in front, as f64', () => {
    const message = new MessageWriter().finish(1234.5);
    expect(new DataView(message.buffer).getFloat64(0, true)).toBe(1234.5);
    expect(message).toHaveLength(8);
  });

  test('a byte order mark is part of the text', () => {
    const list = [{ kind: 1, id: 1, fields: ['\ufeffx', '\ufeff'] }];
    expect(frames(bytesOf(list))).toEqual(list);
  });

  test('a message that is cut anywhere inside a frame is an error, not a short list', () => {
    const list = [{ kind: 1, id: 2, fields: ['abc', '', 'é'] }];
    const bytes = bytesOf(list);
    // The last bytes only fill it up to a multiple of 4.
    for (let length = 1; length < bytes.length - 3; length++) {
      expect(() => [...readFrames(bytes.subarray(0, length))], `${length}`).toThrow(RangeError);
    }
  });

  test('a length beyond the end is an error, whatever follows in the same buffer', () => {
    const buffer = new Uint8Array(100).fill(0x61);
    buffer.set([1, 0, 0, 0, 0, 0, 0, 0, 50, 0, 0, 0], 0);
    expect(() => [...readFrames(buffer.subarray(0, 20))]).toThrow('A frame is cut short.');
    buffer.set([0xff, 0xff, 0xff, 0xff], 8);
    expect(() => [...readFrames(buffer)]).toThrow('A frame is cut short.');
  });

  test('fields that are longer or shorter than their text are an error', () => {
    const bytes = bytesOf([{ kind: 1, id: 2, fields: ['abcd', 'efgh'] }]);
    for (const length of [0, 3, 5, 2 ** 32 - 4]) {
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(12, length, true);
      const [frame] = readFrames(bytes);
      expect(() => frame?.fields).toThrow('The fields of a frame are not its text.');
    }
  });

  test('random bytes end in frames or a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          const read = [...readFrames(bytes)].map(({ fields }) => fields);
          expect(read.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a field that was left out is empty text', () => {
    const [frame] = readFrames(bytesOf([{ kind: 1, id: 1, fields: [] }]));
    expect(fieldText(frame as never, 3)).toBe('');
  });
});

test('empty tells whether a message has no frame', () => {
  const writer = new MessageWriter();
  expect(writer.empty).toBe(true);
  expect(writer.frame(1, 1, '').empty).toBe(false);
});
