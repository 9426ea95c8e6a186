import test from 'ava';
import { pageExamples } from '../../src/serve/examples.js';
import { answers, ask, context, marked, passage, reader, strip, withPage } from './browser-page.js';

// What the page shows of a question.

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

test.serial(
  'the next example takes the place of the one before at once, not that of the text area',
  async (t) => {
    await withPage(t, {}, async (page) => {
      const example = page.getByRole('navigation', { name: 'Examples' }).getByRole('button');
      await example.first().click();
      await passage(page).waitFor();
      await page.route('**/answer', () => undefined);
      await example.nth(1).click();
      t.is(await passage(page).textContent(), (await pageExamples())[1].context);
      t.is(await passage(page).locator('mark').count(), 0);
      t.true(await page.getByRole('textbox', { name: 'Passage' }).isHidden());
    });
  },
);

test.serial('a mark moves no letter, and the line on a token stays on its side', async (t) => {
  await withPage(t, {}, async (page) => {
    // Each of as many words as are tokens, of two ways to be read.
    await ask(page, 'تأسست 1512 Oakford على يد Ada', 'Who founded Oakford?');
    await answers(page).first().waitFor();
    const end = await page.evaluate<number>(`(() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector('#passage'));
      const widthOf = () => range.getBoundingClientRect().width;
      const marked = widthOf();
      document.querySelector('mark').replaceWith(document.querySelector('mark').textContent);
      document.querySelector('#passage').normalize();
      range.selectNodeContents(document.querySelector('#passage'));
      return Math.abs(marked - widthOf());
    })()`);
    t.true(end < 0.5, `the mark takes ${end} pixels`);
    const sides = new Set<number>();
    await strip(page).focus();
    for (const key of ['Home', 'End', 'Home', 'ArrowRight', 'ArrowRight']) {
      await page.keyboard.press(key);
      sides.add(
        await page.evaluate<number>(
          `document.querySelector('#readout').firstChild.getBoundingClientRect().left`,
        ),
      );
    }
    t.is(sides.size, 1);
  });
});

test.serial('markup in every field is text: nothing of it is run or becomes an element', async (t) => {
  const markup = `<img src=x onerror="alert(1)"><script>alert(2)</script><b>Ada</b>`;
  await withPage(t, {}, async (page) => {
    await ask(page, `${markup} founded it.\u0000\u001b[2J`, '<b onclick=alert(3)>who?</b>');
    await answers(page).first().waitFor();
    t.true((await passage(page).textContent())?.startsWith(markup));
    t.is(await page.locator('main img, main script, main b').count(), 0);
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
