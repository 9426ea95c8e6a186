import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { UsageError } from '../../src/errors.js';
import { resolveDataset } from '../../src/hub/datasets.js';
import { temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();

test("files of one's own go before the data set's, and need no download", async (t) => {
  const own = { trainFile: sample.validationFile, validationFile: sample.trainFile };
  for (const dataset of ['squad', 'squad_v2', 'sample', undefined]) {
    t.like(await resolveDataset({ dataset, ...own }, folder), own);
  }
  const mixed = await resolveDataset({ dataset: 'sample', trainFile: sample.validationFile }, folder);
  t.is(mixed.validationFile, sample.validationFile);
  t.is(mixed.vocabFile, sample.vocabFile);
  t.is((await resolveDataset({ trainFile: sample.trainFile }, folder)).validationFile, undefined);
  await t.throwsAsync(resolveDataset({ trainFile: 'none.json' }, folder), { code: 'ERR_NO_FILE' });
});

test('what is not wanted is not downloaded', async (t) => {
  const { trainFile, validationFile } = await resolveDataset(
    { dataset: 'squad', validationFile: sample.validationFile },
    folder,
    ['validation'],
  );
  t.deepEqual([trainFile, validationFile], [undefined, sample.validationFile]);
});

test('of the data sets one brings questions without an answer', async (t) => {
  const own = { trainFile: sample.trainFile, validationFile: sample.validationFile };
  for (const [dataset, expected] of [
    ['squad', false],
    ['squad_v2', true],
    ['sample', false],
    [undefined, false],
  ] as const) {
    t.is((await resolveDataset({ dataset, ...own }, folder)).version2WithNegative, expected);
  }
});

test('another name is wrong usage', async (t) => {
  for (const dataset of ['files', 'toString', 'SQuAD', '']) {
    await t.throwsAsync(resolveDataset({ dataset }, folder), { instanceOf: UsageError });
  }
});
