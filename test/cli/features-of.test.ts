import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { featuresOf } from '../../src/cli/features-of.js';
import { fixtureTokenizer } from '../data/feature-fixture.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();
process.env['QA_NATIVE_CACHE'] = folder;

const options = { maxSeqLength: 16, docStride: 2 };
const questions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    title: '',
    question: 'a',
    context: 'b',
    answers: [],
  }));

test.serial('few questions leave nothing in the cache, nor do many where it is off', async (t) => {
  t.is((await featuresOf(questions(19_999), fixtureTokenizer(), options)).length, 19_999);
  process.env['QA_NATIVE_FEATURE_CACHE'] = 'off';
  t.is((await featuresOf(questions(20_000), fixtureTokenizer(), options)).length, 20_000);
  delete process.env['QA_NATIVE_FEATURE_CACHE'];
  t.false(existsSync(join(folder, 'features')));
});

test.serial('many questions leave a file in the cache', async (t) => {
  t.is((await featuresOf(questions(20_000), fixtureTokenizer(), options)).length, 20_000);
  t.is(readdirSync(join(folder, 'features')).length, 1);
});
