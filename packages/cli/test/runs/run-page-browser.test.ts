import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runPage } from '../../src/runs/page/run-page.ts';
import { misdeedsOf, openBrowser } from './browser.ts';
import { call, everywhere, picture, receipt } from './pictures.ts';

// Where there is no Chromium this file is left out: test/chromium.ts.
describe('runPage() in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  /** Two calls at one time and one after them, the second one's arguments long. */
  const html = runPage(
    picture({
      calls: [
        call(1, { from: 0, to: 100, line: 2 }),
        call(2, { from: 10, to: 90, status: 'unknown', args: 'x'.repeat(5_000), line: 2 }),
        call(3, { name: `github.${'long_name_'.repeat(20)}`, from: 110, to: 120 }),
      ],
      facts: [['engine', `sha256:${'e'.repeat(64)}`]],
      logs: [{ level: 'warn', message: `slow ${'y'.repeat(2_000)}` }],
      source: `a\n${'b'.repeat(3_000)}`,
      receipt,
    }),
  );

  const inPage = async (options: object, work: (page: Page) => Promise<void>): Promise<void> => {
    const page = await browser.newPage(options);
    try {
      await work(page);
    } finally {
      await page.close();
    }
  };
  const isOpen = (page: Page, id: number) =>
    page.locator(`details:has(#call-${id})`).evaluate((one) => one.hasAttribute('open'));

  test('asks for nothing, runs nothing and breaks none of its own rules, whatever is in it', () =>
    inPage({}, async (page) => {
      expect(await misdeedsOf(page, runPage(everywhere))).toEqual([]);
      expect(await page.locator('img, script, iframe').count()).toBe(0);
      expect(await page.locator('.bar').count()).toBe(everywhere.calls.length);
    }));

  test('its calls are opened with the keyboard, from the timeline too', () =>
    inPage({}, async (page) => {
      await page.setContent(html);
      await page.locator('.timeline a').nth(1).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => isOpen(page, 2)).toBe(true);
      expect(await page.locator('#call-2').isVisible()).toBe(true);
      await page.locator('summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await isOpen(page, 1)).toBe(true);
      await page.locator('#line-2 a').first().focus();
      expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(
        '#call-1',
      );
    }));

  test.each(['light', 'dark'] as const)(
    'is readable in %s, and no wider than a telephone',
    (scheme) =>
      inPage({ colorScheme: scheme, viewport: { width: 390, height: 800 } }, async (page) => {
        await page.setContent(html);
        const colour = (name: 'color' | 'backgroundColor') =>
          page.evaluate((of) => getComputedStyle(document.body)[of], name);
        expect(contrast(await colour('color'), await colour('backgroundColor'))).toBeGreaterThan(7);
        const { wide, room } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth,
          room: document.documentElement.clientWidth,
        }));
        expect(wide).toBe(room);
        const narrow = await page
          .locator('th[scope=row]')
          .evaluateAll((cells) => cells.filter((cell) => cell.clientWidth < 40).length);
        expect(narrow).toBe(0);
      }),
  );
});

/** Of two colours as `rgb(…)`, by WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [...colour.matchAll(/\d+/gu)]
      .map(([part]) => Number(part) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
