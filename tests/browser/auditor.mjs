// Lighthouse over a page, as on a slow phone.
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { chromiumOptions } from './browser.mjs';

const MOST_WAIT_MS = 15_000; // a page with a stream never comes to rest
const onlyCategories = ['performance', 'accessibility', 'best-practices'];

/** A browser that Lighthouse can drive; `audit` gives { scores, bytes, shift } of one address. */
export async function openAuditor() {
  const port = 9300 + process.pid % 600;
  const browser = await chromium.launch({ ...chromiumOptions, args: [...chromiumOptions.args, `--remote-debugging-port=${port}`] });
  return {
    close: () => browser.close(),
    async audit(address, cookie) {
      const extraHeaders = cookie ? { Cookie: cookie } : {};
      const { lhr } = await lighthouse(address, { port, extraHeaders, logLevel: 'error', onlyCategories, maxWaitForLoad: MOST_WAIT_MS });
      return {
        scores: Object.fromEntries(onlyCategories.map((id) => [id, Math.round(lhr.categories[id].score * 100)])),
        bytes: lhr.audits['total-byte-weight'].numericValue,
        shift: lhr.audits['cumulative-layout-shift'].numericValue,
      };
    },
  };
}
