import { existsSync } from 'node:fs';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `CHROMIUM`, which has to be there where it is set, or one that the system has. */
export const chromiumPath: string | undefined = process.env.CHROMIUM ?? usual.find(existsSync);

/** Left out where there is none. */
export const chromiumTests = 'packages/cli/test/runs/run-page-browser.test.ts';
