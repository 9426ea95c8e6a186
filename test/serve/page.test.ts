import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page, Route } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.js';
import { Reader } from '../../src/reader/reader.js';
import { pageExamples } from '../../src/serve/examples.js';
import { createServer } from '../../src/serve/server.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from '../reader/tiny-model.js';
import { contrastOf } from './contrast.js';

// The page in a real browser, asked about by what a person sees: roles, names and texts.

const folder = temporaryFolder();
let reader: Reader;
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
async function withPage(
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

const answers = (page: Page) => page.getByRole('list', { name: 'Answers' }).getByRole('button');
const passage = (page: Page) => page.getByRole('region', { name: 'Passage with its answer' });
const strip = (page: Page) => page.getByRole('slider', { name: 'Token' });

/** What is marked in the passage. */
const marked = (page: Page) => passage(page).locator('mark').textContent();

async function ask(page: Page, context: string, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Passage' }).fill(context);
  await page.getByRole('textbox', { name: 'Question' }).fill(question);
  await page.getByRole('button', { name: 'Ask' }).click();
}

const context = 'Ada Holmson founded Oakford. It received its charter in 1512, and a café 😀 in 1930.';

test.serial('the answer is marked in its place, with runners-up and the scores of the tokens', async (t) => {
  await withPage(t, {}, async (page) => {
    await ask(page, context, 'Who founded Oakford?');
    await passage(page).waitFor();
    t.is(await passage(page).textContent(), context);
    const expected = await reader.answer('Who founded Oakford?', context, { topK: 5 });
    t.is(await marked(page), expected[0].text);
    t.is(await answers(page).count(), 5);
    t.true((await answers(page).first().textContent())?.startsWith(expected[0].text));
    t.regex((await answers(page).first().textContent()) ?? '', /\d+\.\d %$/);
    t.is(await answers(page).first().getAttribute('aria-pressed'), 'true');

    await answers(page).nth(3).click();
    t.is(await marked(page), expected[3].text);
    t.is(await answers(page).nth(3).getAttribute('aria-pressed'), 'true');
    t.is(await answers(page).first().getAttribute('aria-pressed'), 'false');
    t.regex((await strip(page).getAttribute('aria-valuetext')) ?? '', /, start -?[\d.]+, end -?[\d.]+$/);
  });
});

test.serial('an example is one click away, its other questions one more', async (t) => {
  await withPage(t, {}, async (page) => {
    const example = page.getByRole('navigation', { name: 'Examples' }).getByRole('button').first();
    const [, question] = (await pageExamples())[0].questions;
    const other = page.getByRole('group', { name: 'Questions of this example' }).getByText(question);
    await example.click();
    await passage(page).waitFor();
    t.is(await other.getAttribute('aria-pressed'), 'false');

    const answered = page.waitForResponse('**/answer');
    await other.click();
    await answered;
    await passage(page).waitFor();
    t.is(await page.getByRole('textbox', { name: 'Question' }).inputValue(), question);
    t.is(await other.getAttribute('aria-pressed'), 'true');
    t.is(await example.getAttribute('aria-pressed'), 'true');

    // Another passage is no example.
    await page.getByRole('button', { name: 'Edit' }).click();
    t.is(await other.count(), 0);
    t.is(await example.getAttribute('aria-pressed'), 'false');
  });
});

test.serial('a page is read without a mouse', async (t) => {
  await withPage(t, {}, async (page) => {
    const focused = (name: string) => page.locator(':focus').and(page.getByLabel(name, { exact: true }));
    const tabTo = async (name: string) => {
      for (let count = 0; count < 30; count++) {
        await page.keyboard.press('Tab');
        if ((await focused(name).count()) > 0) return;
      }
      t.fail(`Tab does not reach ${name}`);
    };
    await page.getByRole('navigation', { name: 'Examples' }).getByRole('button').first().waitFor();
    await tabTo('Passage');
    await page.keyboard.type('Ada founded Oakford in 1512.');
    await tabTo('Question');
    await page.keyboard.type('When?');
    await page.keyboard.press('Enter');
    await answers(page).first().waitFor();

    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    t.is(await page.locator(':focus').getAttribute('aria-pressed'), 'true');

    await tabTo('Token');
    await page.keyboard.press('End');
    t.is(await strip(page).getAttribute('aria-valuenow'), await strip(page).getAttribute('aria-valuemax'));
    await page.keyboard.press('Home');
    t.regex((await strip(page).getAttribute('aria-valuetext')) ?? '', /^A/);
    await page.keyboard.press('ArrowRight');
    t.is(await strip(page).getAttribute('aria-valuenow'), '2');

    // Back to the text, past the answers, the question and the passage.
    const edit = page.locator(':focus').and(page.getByRole('button', { name: 'Edit' }));
    for (let count = 0; count < 20 && (await edit.count()) === 0; count++)
      await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    t.is(await focused('Passage').inputValue(), 'Ada founded Oakford in 1512.');
    t.is(await answers(page).count(), 0);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.serial(
    `on a phone, ${colorScheme}, nothing is wider than the screen and every text can be read`,
    async (t) => {
      await withPage(t, { viewport: { width: 360, height: 740 }, colorScheme }, async (page) => {
        await ask(
          page,
          `${context} ${'Donaudampfschifffahrt'.repeat(20)}`,
          'Who founded Oakford? '.repeat(4),
        );
        await answers(page).first().waitFor();
        // WCAG's reflow asks for 320: 400 % on a screen of 1280.
        for (const screen of [360, 320]) {
          await page.setViewportSize({ width: screen, height: 740 });
          const width = await page.evaluate<number>('document.documentElement.scrollWidth');
          t.true(width <= screen, `the page is ${width} wide on ${screen}`);
        }
        for (const selector of [
          'body',
          '#status',
          'mark',
          'button[type=submit]',
          'button.quiet',
          'label',
          'input',
          'h2',
          '#answers .text',
          '#answers .share',
          '#readout .start',
          '#readout .end',
          'header p',
        ]) {
          const { background, contrast } = await contrastOf(page, selector);
          t.true(contrast >= 4.5, `${selector} has a contrast of ${contrast}`);
          if (selector === 'body') t.is(background > 0.5, colorScheme === 'light');
        }
      });
    },
  );
}

test.serial(
  'whatever can be used has a role and a name for screen readers, and the answer is announced',
  async (t) => {
    await withPage(t, {}, async (page) => {
      await page.getByRole('navigation', { name: 'Examples' }).getByRole('button').first().click();
      await answers(page).first().waitFor();
      const session = await page.context().newCDPSession(page);
      const { nodes } = await session.send('Accessibility.getFullAXTree');
      const named = ['button', 'textbox', 'slider', 'list', 'region', 'navigation', 'group', 'heading'];
      const found = nodes
        .filter(({ ignored }) => !ignored)
        .map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? '') }))
        .filter(({ role }) => named.includes(role));
      t.deepEqual(
        found.filter(({ name }) => name === ''),
        [],
      );
      t.deepEqual([...new Set(found.map(({ role }) => role))].sort(), named.toSorted());
      const [{ context: text, questions }] = await pageExamples();
      const answer = await reader.answer(questions[0], text);
      t.true((await page.getByRole('status').textContent())?.startsWith(`Answer: ${answer.text}. `));
      t.is(await page.locator('html').getAttribute('lang'), 'en');
    });
  },
);

test.serial('markup in every field is text: nothing of it is run or becomes an element', async (t) => {
  const markup = `<img src=x onerror="alert(1)"><script>alert(2)</script><b>Ada</b>`;
  await withPage(t, {}, async (page) => {
    await ask(page, `${markup} founded it.\u0000\u001b[2J`, '<b onclick=alert(3)>who?</b>');
    await answers(page).first().waitFor();
    t.true((await passage(page).textContent())?.startsWith(markup));
    t.is(await page.locator('main img, main script, main b').count(), 0);
  });
});

test.serial('what is wrong is said in a sentence, and the page goes on', async (t) => {
  await withPage(t, {}, async (page) => {
    const alert = page.getByRole('alert');
    await ask(page, '', 'Who?');
    t.is(await alert.textContent(), 'Paste a passage first.');
    await ask(page, context, 'why '.repeat(100));
    await alert.filter({ hasText: 'Expected question "why' }).waitFor();
    await ask(page, context, 'Who?');
    await answers(page).first().waitFor();
    t.true(await alert.isHidden());
  });
});

test.serial('a server that is gone, too busy or no server of ours is told as what it is', async (t) => {
  const told = {
    statusCode: 503,
    code: 'ERR_QUEUE_FULL',
    message: '256 questions wait already; try again soon.',
  };
  for (const [reply, expected] of [
    [(route: Route) => route.abort('connectionrefused'), /^The server does not answer/],
    [
      (route: Route) => route.fulfill({ status: 503, json: told }),
      /^256 questions wait already; try again soon\.$/,
    ],
    [
      (route: Route) => route.fulfill({ status: 502, body: '<h1>Bad</h1>' }),
      /^The server answered .*status 502/,
    ],
    [
      (route: Route) => route.fulfill({ status: 200, body: '<h1>Hi</h1>' }),
      /^The server answered .*status 200/,
    ],
  ] as const) {
    await withPage(t, {}, async (page) => {
      await page.route('**/answer', reply);
      await ask(page, context, 'Who?');
      await page.getByRole('alert').waitFor();
      t.regex((await page.getByRole('alert').textContent()) ?? '', expected);
    });
  }
});

test.serial(
  'while an answer is awaited the page says so; a text that was changed meanwhile has no answer',
  async (t) => {
    await withPage(t, {}, async (page) => {
      const held: Route[] = [];
      await page.route('**/answer', (route) => {
        held.push(route);
      });
      const asked = page.waitForRequest('**/answer');
      await ask(page, context, 'Who?');
      await asked;
      await page.getByRole('status').filter({ hasText: 'Reading' }).waitFor();
      await page.getByRole('textbox', { name: 'Passage' }).fill('Something else.');
      t.is(await page.getByRole('status').textContent(), '');
      t.is(await page.locator('[aria-busy=true]').count(), 0);
      // What comes now is about a text that is no longer there.
      await held[0].continue();
      await page.unroute('**/answer');
      await ask(page, context, 'Who?');
      await answers(page).first().waitFor();
      t.is(await passage(page).textContent(), context);
    });
  },
);

test.serial('the focus stays with the text when its answer takes the place of the text area', async (t) => {
  await withPage(t, {}, async (page) => {
    await page.getByRole('textbox', { name: 'Question' }).fill('Who?');
    await page.getByRole('textbox', { name: 'Passage' }).fill(context);
    await page.keyboard.press('Control+Enter');
    await answers(page).first().waitFor();
    t.is(await passage(page).and(page.locator(':focus')).count(), 1);
  });
});

test.serial('a long passage has its answer brought into view, without a strip', async (t) => {
  await withPage(t, {}, async (page) => {
    await ask(page, `${'It received its charter in 1512. '.repeat(400)}${context}`, 'Who founded Oakford?');
    await answers(page).first().waitFor();
    const mark = await passage(page).locator('mark').boundingBox();
    const frame = await passage(page).boundingBox();
    t.true(mark !== null && frame !== null && mark.y >= frame.y && mark.y < frame.y + frame.height);
    t.true(await strip(page).isHidden());
    t.true(await page.getByText('Every token’s score is shown for passages of up to 10,000').isVisible());
  });
});
