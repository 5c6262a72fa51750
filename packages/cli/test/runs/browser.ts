import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../../../test/chromium.ts';

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    args: ['--no-sandbox'],
  });
}

/** What a page did that one of ours never does. */
export async function misdeedsOf(page: Page, html: string): Promise<string[]> {
  const misdeeds: string[] = [];
  page.on('request', (request) => misdeeds.push(`asked for ${request.url()}`));
  page.on('dialog', (dialog) => {
    misdeeds.push(`said ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => misdeeds.push(`logged ${message.text()}`));
  page.on('pageerror', ({ message }) => misdeeds.push(`threw ${message}`));
  await page.setContent(html, { waitUntil: 'load' });
  return misdeeds;
}
