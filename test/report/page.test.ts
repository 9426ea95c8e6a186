import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.js';
import { renderPage } from '../../src/report/page.js';
import { temporaryFolder } from '../cli/run.js';
import { contrastsOf } from '../serve/contrast.js';
import { report } from './reports.js';

const folder = temporaryFolder();
const path = join(folder, 'report.html');
writeFileSync(path, renderPage(report));
let browser: Browser;
test.before(async () => {
  browser = await launchBrowser();
});
test.after.always(() => browser.close());

for (const { width, colorScheme } of [
  { width: 360, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const) {
  test(`the page stands by itself at ${width} pixels, ${colorScheme}`, async (t) => {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const asked: string[] = [];
    const said: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => {
      said.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(path).href);

    t.deepEqual(
      asked.filter((url) => !url.startsWith('data:')),
      [pathToFileURL(path).href],
    );
    t.deepEqual(said, []);
    t.is(await page.textContent('h1'), 'Runs <b>compared</b>');
    t.deepEqual(await page.locator('h2').allTextContents(), ['Loss', 'Scores']);
    const charts = page.locator('svg[role=img]:visible');
    t.is(await charts.count(), 2);
    // A chart that shrinks with the screen would have letters that nobody can read.
    const scales = await page.evaluate<number[]>(
      `[...document.querySelectorAll('svg[role=img]')].map((svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)`,
    );
    t.is(scales.filter((scale) => scale > 0.9).length, 2);
    t.true(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
    t.is(await page.getByText('<script>alert(1)</script>').count(), 1);

    // Where the numbers of a chart are closed, the keyboard opens them.
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    t.true(await page.getByRole('cell', { name: '4.25' }).isVisible());
    for (const selector of ['h1', 'p', 'td', 'th', 'summary', 'a']) {
      t.true((await contrastsOf(page, selector)).text >= 4.5, selector);
    }
    await page.close();
  });
}

test('a long word of a table breaks, so that a phone shows the first figures too; all of a table is there, on paper as well', async (t) => {
  const rows = [
    ['trainFile', '/data/'.repeat(30), '/data/'.repeat(40)],
    ...Array<string[]>(40).fill(['f1', '1', '2']),
  ];
  const section = {
    heading: 'Side by side',
    blocks: [{ kind: 'table', head: ['figure', 'a', 'b'], rows } as const],
  };
  const own = join(folder, 'table.html');
  writeFileSync(own, renderPage({ title: 'Runs', intro: '', sections: [section] }));
  const page = await browser.newPage({ viewport: { width: 375, height: 800 }, colorScheme: 'dark' });
  await page.goto(pathToFileURL(own).href);
  const box = await page.getByRole('cell', { name: '1', exact: true }).first().boundingBox();
  t.true(box !== null && box.x + box.width <= 375);
  t.true(await page.getByRole('region', { name: 'Side by side' }).first().isVisible());
  t.true(
    await page.evaluate<boolean>(`(({ clientHeight, scrollHeight }) => clientHeight === scrollHeight)(
    document.querySelector('.scroll'))`),
  );
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  t.is(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'), 'rgb(253, 253, 251)');
  await page.close();
});
