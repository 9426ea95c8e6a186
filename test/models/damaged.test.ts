import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readTokenizer } from '../../src/data/tokenizer-files.js';
import { messageOf, QaError } from '../../src/errors.js';
import { checkVocabulary } from '../../src/models/check-sizes.js';
import { loadModel } from '../../src/models/folder.js';
import { readPreparation } from '../../src/reader/preparation.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from '../reader/tiny-model.js';

const folder = temporaryFolder();
test.before(() => writeTinyModel(folder));

/** All that a command reads of a model's folder. */
async function open(): Promise<void> {
  const tokenizer = await readTokenizer(folder);
  const { model, config } = await loadModel(folder);
  model.dispose();
  checkVocabulary(tokenizer, config, folder);
  await readPreparation(folder);
}

/** What a file becomes: cut at many places, or with one byte another. The end and the beginning say how it is laid out. */
function* damages(bytes: Buffer): Generator<[string, Buffer]> {
  const places = Array.from({ length: bytes.length }, (_, place) => place).filter(
    (place) => place % 97 === 0 || (place < 600 && place % 5 === 0) || bytes.length - place < 40,
  );
  for (const place of places) {
    yield [`cut at ${place}`, bytes.subarray(0, place)];
    const flipped = Buffer.from(bytes);
    flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
    yield [`with byte ${place} altered`, flipped];
  }
}

for (const name of ['config.json', 'model.safetensors', 'vocab.txt', 'preparation.json']) {
  test.serial(`${name}, damaged byte by byte, is read or refused in one sentence`, async (t) => {
    const path = join(folder, name);
    const whole = readFileSync(path);
    let refused = 0;
    for (const [what, bytes] of damages(whole)) {
      writeFileSync(path, bytes);
      const error: unknown = await open().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) continue;
      refused += 1;
      if (!(error instanceof QaError)) return t.fail(`${what}: ${messageOf(error)}`);
      t.regex(error.message, /^Expected [^\n]+\.$/, what);
    }
    writeFileSync(path, whole);
    t.true(refused > 0);
    await t.notThrowsAsync(open());
  });
}
