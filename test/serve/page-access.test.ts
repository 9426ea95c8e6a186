import test from 'ava';
import { pageExamples } from '../../src/serve/examples.js';
import { contrastsOf } from './contrast.js';
import { answers, ask, context, passage, reader, strip, withPage } from './browser-page.js';

// The page without a mouse, for screen readers, on a phone, and in the dark.

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

test.serial('the focus stays with the text when its answer takes the place of the text area', async (t) => {
  await withPage(t, {}, async (page) => {
    await page.getByRole('textbox', { name: 'Question' }).fill('Who?');
    await page.getByRole('textbox', { name: 'Passage' }).fill(context);
    await page.keyboard.press('Control+Enter');
    await answers(page).first().waitFor();
    t.is(await passage(page).and(page.locator(':focus')).count(), 1);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.serial(
    `on a phone, ${colorScheme}, nothing is wider than the screen, every text can be read and every field be seen`,
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
          const { background, text } = await contrastsOf(page, selector);
          t.true(text >= 4.5, `${selector} has a contrast of ${text}`);
          if (selector === 'body') t.is(background > 0.5, colorScheme === 'light');
        }
        for (const selector of ['#context', '#question', '#passage', '#strip']) {
          const { placeholder, border } = await contrastsOf(page, selector);
          t.true(placeholder >= 4.5, `the placeholder of ${selector} has a contrast of ${placeholder}`);
          t.true(border >= 3, `the border of ${selector} has a contrast of ${border}`);
        }
      });
    },
  );
}

test.serial(
  "where the user's colours stand in for the page's, what is pressed is told from what is not",
  async (t) => {
    await withPage(t, { forcedColors: 'active' }, async (page) => {
      await page.getByRole('navigation', { name: 'Examples' }).getByRole('button').first().click();
      await answers(page).first().waitFor();
      for (const group of ['#examples', '#suggestions']) {
        const [pressed, other] = await page.evaluate<string[]>(
          `['true', 'false'].map((pressed) => getComputedStyle(document.querySelector(
          '${group} [aria-pressed=' + pressed + ']')).color)`,
        );
        t.not(pressed, other);
      }
    });
  },
);

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
