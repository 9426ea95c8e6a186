import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Reader } from '../../src/reader/reader.js';
import { temporaryFolder } from '../cli/run.js';
import { fakeHub } from '../hub/fake-hub.js';
import { serving } from '../serving.js';
import { writeTinyModel } from './tiny-model.js';

const folder = temporaryFolder();
const tiny = join(folder, 'tiny');
const files: Record<string, Buffer> = {};
test.before(async () => {
  await writeTinyModel(tiny);
  // What the hub's folders lack.
  for (const name of readdirSync(tiny).filter((name) => name !== 'preparation.json'))
    files[name] = readFileSync(join(tiny, name));
});

test("a reader opens the hub's model of a name, and one that is there is not asked for", async (t) => {
  const { listener, asked } = fakeHub('somebody/a-reader', files);
  const windows = { maxSeqLength: 64, docStride: 16 };
  const [question, context] = ['Who founded it?', 'Ada did. '.repeat(60)];
  const answers = await serving(listener, async (url) => {
    process.env['HF_HOME'] = join(folder, 'cache');
    process.env['HF_ENDPOINT'] = url;
    await using local = await Reader.load(tiny, windows);
    t.deepEqual(asked, []);
    await using fetched = await Reader.load('somebody/a-reader', windows);
    await t.throwsAsync(Reader.load('somebody/none'), {
      code: 'ERR_HUB',
      message: /^Expected the model "somebody\/none" from the hub at .*, as there is no such folder, but /,
    });
    return await Promise.all([local, fetched].map((reader) => reader.answer(question, context, { topK: 3 })));
  });
  t.deepEqual(answers[0], answers[1]);
});
