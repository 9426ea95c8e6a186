import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import yargs from 'yargs';
import { Reader } from '../src/reader/reader.js';
import { createServer } from '../src/serve/server.js';
import { launchBrowser } from './browser.js';

// Takes the picture of the page that the README shows, with a trained model.

const args = await yargs(process.argv.slice(2))
  .option('model-dir', { type: 'string', demandOption: true, describe: 'a model trained on the sample' })
  .option('output', { type: 'string', default: 'docs/serve.png', describe: 'where the picture goes' })
  .option('example', { type: 'string', default: 'Towns', describe: 'the example to show' })
  .option('question', { type: 'number', default: 2, describe: 'its question, from 1' })
  .option('width', { type: 'number', default: 1180 })
  .option('height', { type: 'number', default: 720 })
  .option('dark', { type: 'boolean', default: false })
  .strict()
  .parseAsync();

await using reader = await Reader.load(args.modelDir);
const app = await createServer(reader);
const browser = await launchBrowser();
try {
  const page = await browser.newPage({
    viewport: { width: args.width, height: args.height },
    colorScheme: args.dark ? 'dark' : 'light',
  });
  await page.goto(await app.listen({ port: 0 }));
  await page.getByRole('button', { name: args.example }).click();
  const suggestions = page.getByRole('group', { name: 'Questions of this example' }).getByRole('button');
  // What it takes once everything is warm is what the picture should say.
  for (let count = 0; count < 5; count++) {
    const answered = page.waitForResponse('**/answer');
    await suggestions.nth(args.question - 1).click();
    await answered;
  }
  await page.getByRole('slider').waitFor();
  await mkdir(dirname(args.output), { recursive: true });
  await writeFile(args.output, await page.screenshot());
} finally {
  await browser.close();
  await app.close();
}
