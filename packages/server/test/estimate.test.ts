import { readFileSync } from 'node:fs';
import path from 'node:path';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { estimateTokens } from '../src/shape/tokens.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const file = (name: string) => readFileSync(path.join(root, name), 'utf8').slice(0, 50_000);

let state = 1;
/** The same in each run. */
const random = (below: number): number => {
  state = (state * 48_271) % 2_147_483_647;
  return state % below;
};
const characters = (count: number, from: number, to: number) =>
  Array.from({ length: count }, () => String.fromCodePoint(from + random(to - from))).join('');
const bytes = Buffer.from(Array.from({ length: 12_000 }, () => random(256)));
const list = (count: number, item: (index: number) => unknown) =>
  JSON.stringify(Array.from({ length: count }, (_, index) => item(index)));

/** What the estimate may be of the real count: from, to. */
const texts: readonly [string, string, number, number][] = [
  ['prose', file('docs/serve.md'), 1, 1.5],
  ['code', file('packages/runs/src/open-runs.ts'), 1, 1.5],
  ['JSON', file('package.json'), 1, 1.5],
  ['rows', list(500, (n) => ({ id: n, name: `item ${n}`, ok: n % 2 === 0 })), 1, 1.5],
  ['numbers', list(1_000, () => random(2e9) / 7), 1, 1.5],
  ['a lockfile', file('pnpm-lock.yaml'), 1, 1.5],
  ['base64', bytes.toString('base64'), 1, 1.5],
  ['hex', bytes.toString('hex'), 1, 1.5],
  ['signs', characters(3_000, 0x21, 0x30), 1, 1.5],
  ['letters', characters(3_000, 0x61, 0x7b), 1, 1.5],
  ['capitals', characters(3_000, 0x41, 0x5b), 1, 1.5],
  ['ASCII', characters(5_000, 0x20, 0x7f), 1, 1.5],
  ['Chinese', '人民代表大会制度是中国的根本政治制度,今天天气很好我们去公园散步。'.repeat(50), 1, 3],
  [
    'Japanese',
    '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'.repeat(50),
    1,
    3,
  ],
  ['Korean', '모든 국민은 인간으로서의 존엄과 가치를 가지며, 행복을 추구한다.'.repeat(50), 1, 3],
  ['Arabic', 'يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. '.repeat(50), 1, 3],
  ['Russian', 'Все люди рождаются свободными и равными в своем достоинстве. '.repeat(50), 1, 3],
  ['Greek', 'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι. '.repeat(50), 1, 3],
  ['Hebrew', 'כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. '.repeat(50), 1, 3],
  ['German', 'Alle Menschen sind frei und gleich an Würde und Rechten geboren. '.repeat(50), 1, 3],
  ['Amharic', 'የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።'.repeat(50), 1, 3],
  ['Emoji', '😀🎉👨‍👩‍👧‍👦🇩🇪✨🚀'.repeat(100), 1, 3],
  ['rare ideographs', characters(2_000, 0x4e00, 0x9fff), 0.5, 3],
  ['all of the plane', characters(2_000, 0x250, 0xd7ff), 0.5, 3],
  ['private use', characters(2_000, 0xe000, 0xf8ff), 1, 3],
];

test.each(texts)(
  'estimateTokens(), %s: no fewer than o200k, within a factor',
  (_, text, from, to) => {
    const ratio = estimateTokens(text) / countTokens(text);
    expect(ratio).toBeGreaterThanOrEqual(from);
    expect(ratio).toBeLessThanOrEqual(to);
  },
);
