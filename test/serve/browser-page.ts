import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.js';
import { Reader } from '../../src/reader/reader.js';
import { createServer } from '../../src/serve/server.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from '../reader/tiny-model.js';

// The page in a real browser, asked about by what a person sees: roles, names and texts.

const folder = temporaryFolder();
export let reader: Reader;
let app: FastifyInstance;
let address: string;
let browser: Browser;

test.before(async () => {
  reader = await Reader.load(await writeTinyModel(join(folder, 'tiny')));
  app = await createServer(reader);
  address = await app.listen({ port: 0 });
  browser = await launchBrowser();
});
test.after.always(async () => {
  await browser.close();
  await app.close();
  await reader.dispose();
});

type PageOptions = Parameters<Browser['newPage']>[0];

/** Opens the page, and has the test fail where it asks another host, breaks its policy or throws. */
export async function withPage(
  t: ExecutionContext,
  options: PageOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage(options);
  const problems: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) problems.push(`asked ${request.url()}`);
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // What the browser says of responses is not the page's doing.
    const isOfResponse = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isOfResponse) problems.push(message.text());
  });
  page.on('dialog', (dialog) => problems.push(`opened a dialog: ${dialog.message()}`));
  await page.goto(address);
  await use(page);
  t.deepEqual(problems, []);
  await page.close();
}

export const answers = (page: Page) => page.getByRole('list', { name: 'Answers' }).getByRole('button');
export const passage = (page: Page) => page.getByRole('region', { name: 'Passage with its answer' });
export const strip = (page: Page) => page.getByRole('slider', { name: 'Token' });

/** What is marked in the passage. */
export const marked = (page: Page) => passage(page).locator('mark').textContent();

export async function ask(page: Page, context: string, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Passage' }).fill(context);
  await page.getByRole('textbox', { name: 'Question' }).fill(question);
  await page.getByRole('button', { name: 'Ask' }).click();
}

export const context = 'Ada Holmson founded Oakford. It received its charter in 1512, and a café 😀 in 1930.';
