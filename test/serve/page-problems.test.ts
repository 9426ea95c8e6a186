import test from 'ava';
import type { Route } from 'playwright-core';
import { answers, ask, context, passage, withPage } from './browser-page.js';

// What the page says where there is no answer, or not yet.

test.serial('what is wrong is said in a sentence, and the page goes on', async (t) => {
  await withPage(t, {}, async (page) => {
    const alert = page.getByRole('alert');
    await ask(page, '', 'Who?');
    t.is(await alert.textContent(), 'Paste a passage first.');
    await ask(page, context, 'why '.repeat(100));
    await alert.filter({ hasText: 'Expected a question that leaves room' }).waitFor();
    await ask(page, context, 'Who?');
    await answers(page).first().waitFor();
    t.true(await alert.isHidden());
  });
});

test.serial('where a question has no answer, that of the one before is marked no more', async (t) => {
  await withPage(t, {}, async (page) => {
    await ask(page, context, 'Who?');
    await answers(page).first().waitFor();
    t.is(await passage(page).locator('mark').count(), 1);
    await page.getByRole('textbox', { name: 'Question' }).fill('');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByRole('alert').waitFor();
    t.is(await passage(page).locator('mark').count(), 0);
    t.is(await passage(page).textContent(), context);
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
      t.true((await page.locator('[aria-busy=true]').count()) > 0);
      // Screen readers say nothing of it there.
      t.is(await page.locator('[aria-busy=true]').getByRole('status').count(), 0);
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
