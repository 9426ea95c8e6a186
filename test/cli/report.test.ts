import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { launchBrowser } from '../../scripts/browser.js';
import { qaNative, qaNativeWith, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const output = join(folder, 'report.html');
const run = join(folder, 'one');
const other = join(folder, 'other');
const tiny = ['--dataset', 'sample', '--config-name', writeTinyConfig(folder), '--max-train-samples', '20'];

test.before(async (t) => {
  const trained = await qaNative('train', 'bert-mini', ...tiny, '--max-steps', '4', '--output-dir', run);
  t.is(trained.code, 0, trained.stderr);
  cpSync(run, other, { recursive: true });
});

test.serial("the page shows the runs' own figures, at phone width, and asks for nothing", async (t) => {
  // Where the addon was not built, too.
  const noAddon = { QA_NATIVE_ADDON: join(folder, 'none.node') };
  const { code, stdout, stderr } = await qaNativeWith(noAddon, 'report', run, other, '--output', output);
  t.is(code, 0, stderr);
  t.is(stdout, `The report is in ${output}.\n`);
  const scores = JSON.parse(readFileSync(join(run, 'eval_results.json'), 'utf8')) as Record<string, number>;

  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
  const problems: string[] = [];
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) problems.push(request.url());
  });
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(pathToFileURL(output).href);
  t.deepEqual(problems, []);
  t.is(await page.textContent('h1'), 'Runs: one, other');
  for (const [name, value] of Object.entries(scores)) {
    const row = page.getByRole('row', { name: new RegExp(`^${name} `) }).first();
    t.is(await row.getByRole('rowheader').textContent(), name);
    const cells = await row.getByRole('cell').all();
    t.is(cells.length, 2);
    for (const cell of cells) {
      const [shown, full] = await Promise.all([cell.textContent(), cell.getAttribute('title')]);
      t.is(full ?? shown, `${value}`, name);
      t.true((shown?.length ?? 0) <= 5, `${shown}`);
    }
  }
  const losses = readFileSync(join(run, 'train_log.jsonl'), 'utf8').trimEnd().split('\n');
  t.true(
    (await page.getByRole('row', { name: 'steps' }).first().textContent())?.includes(`${losses.length}`),
  );
  t.true((await page.locator('svg[role=img]').count()) >= 8);
  t.true(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
  await browser.close();
});

test.serial(
  'folders of one name, one twice, and one that was evaluated only stand side by side',
  async (t) => {
    const evaluated = join(folder, 'hub', 'one');
    mkdirSync(evaluated, { recursive: true });
    for (const name of ['eval_results.json', 'predictions.json', 'nbest_predictions.json'])
      cpSync(join(run, name), join(evaluated, name));
    const { code, stderr } = await qaNative('report', evaluated, run, `${run}/`, '--output', output);
    t.is(code, 0, stderr);
    const page = readFileSync(output, 'utf8');
    t.regex(page, /<h1>Runs: hub\/one, qa-native-\w+\/one<\/h1>/);
    t.is(page.split('Surest wrong answers of').length - 1, 4);
  },
);

test.serial('settings bear the names that people type, and a phone breaks none within a word', async (t) => {
  const { code, stderr } = await qaNative('report', run, '--output', output);
  t.is(code, 0, stderr);
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
  await page.goto(pathToFileURL(output).href);
  const names = page.getByRole('region', { name: 'Scores and settings' }).getByRole('rowheader');
  const shown = await names.allTextContents();
  for (const name of ['version-2-with-negative', 'per-device-train-batch-size', 'seed'])
    t.true(shown.includes(name), name);
  t.deepEqual(
    shown.filter((name) => /[A-Z]/.test(name)),
    [],
  );
  await page.addStyleTag({ content: 'th { overflow-wrap: normal }' });
  const tooWide = await page.evaluate<string[]>(
    `[...document.querySelectorAll('section:first-of-type tbody th')]
      .filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent)`,
  );
  t.deepEqual(tooWide, []);
  await browser.close();
});

test.serial(
  'what is not a run, or was scored on other questions, is said, and no page is written',
  async (t) => {
    const cut = join(folder, 'cut');
    cpSync(run, cut, { recursive: true });
    writeFileSync(join(cut, 'predictions.json'), '{"a": "b');
    const few = join(folder, 'few');
    cpSync(run, few, { recursive: true });
    writeFileSync(join(few, 'predictions.json'), '{}');
    const page = join(folder, 'none.html');
    for (const [runs, expected] of [
      [
        [join(folder, 'nowhere')],
        /Expected the folder of a run at .*nowhere, but there is none; check the name/,
      ],
      [
        [folder],
        /Expected nbest_predictions\.json in .*; evaluate the run there with `qa-native eval --model-dir`/,
      ],
      [[run, cut], /Expected JSON in .*cut.*predictions\.json, but it could not be read/],
      [[few], /Expected .*few to have an answer for each of the 400 questions .* 400 are missing of 0/],
    ] as const) {
      const { code, stderr } = await qaNative('report', ...runs, '--dataset', 'sample', '--output', page);
      t.is(code, 1, stderr);
      t.regex(stderr, expected);
    }
    t.is((await qaNative('report', '--dataset', 'sample')).code, 2);
    // As of a shell's variable that is not set: the working folder is not meant.
    for (const runs of [[''], [run, '']]) {
      const { code, stderr } = await qaNative('report', ...runs, '--output', page);
      t.is(code, 2);
      t.regex(
        stderr,
        /Expected folders of runs that were evaluated, got an empty name; give one, or leave it out\./,
      );
    }
    t.false(existsSync(page));
  },
);
