import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Feature } from '../../src/data/examples.js';
import { cachedFeatures } from '../../src/data/feature-cache.js';
import { encodeFeatures } from '../../src/data/feature-file.js';
import { featureKey } from '../../src/data/feature-key.js';
import { prepareFeatures } from '../../src/data/features.js';
import { parseSquad } from '../../src/data/squad.js';
import { QaError } from '../../src/errors.js';
import { fixture, fixtureTokenizer } from './feature-fixture.js';

const { examples } = parseSquad(fixture.squad, 'the fixture');
const tokenizer = fixtureTokenizer();
const options = { maxSeqLength: 24, docStride: 4 };
const expected = prepareFeatures(examples, tokenizer, options);

const root = mkdtempSync(join(tmpdir(), 'feature-cache-'));
test.after.always(() => {
  rmSync(root, { recursive: true });
});

function fieldsOf(features: readonly Feature[]) {
  return features.map(({ inputIds, offsets, ...rest }) => ({
    ...rest,
    inputIds: [...inputIds],
    offsets: [...offsets],
  }));
}

/** Prepares or reads in a folder of the cache, and checks what comes. */
async function use(t: { deepEqual: (a: unknown, b: unknown) => void }, folder: string): Promise<string> {
  t.deepEqual(fieldsOf(await cachedFeatures(folder, examples, tokenizer, options)), fieldsOf(expected));
  return join(folder, `${await featureKey(examples, tokenizer, options)}.bin`);
}

test('features are kept, and come from the file the next time', async (t) => {
  const folder = join(root, 'new', 'kept');
  const path = await use(t, folder);
  t.deepEqual(readdirSync(folder), [path.slice(folder.length + 1)]);
  await use(t, folder);
  // A file of other features, whole and of the right key, shows that it is read.
  const others = prepareFeatures(examples.slice(0, 1), tokenizer, options);
  writeFileSync(
    path,
    Buffer.concat([...encodeFeatures(others, await featureKey(examples, tokenizer, options))]),
  );
  t.deepEqual(fieldsOf(await cachedFeatures(folder, examples, tokenizer, options)), fieldsOf(others));
});

test('a file that is damaged, cut, empty or of other questions is made again', async (t) => {
  const folder = join(root, 'damaged');
  const path = await use(t, folder);
  const whole = readFileSync(path);
  const damaged = Buffer.from(whole);
  damaged[damaged.length >> 1] ^= 1;
  const foreign = Buffer.concat([...encodeFeatures(expected, '0'.repeat(64))]);
  for (const bytes of [damaged, whole.subarray(0, -1), Buffer.alloc(0), foreign, Buffer.from('{}\n')]) {
    writeFileSync(path, bytes);
    await use(t, folder);
    t.deepEqual(readFileSync(path), whole);
  }
});

test('where nothing can be written or read, features are prepared', async (t) => {
  const file = join(root, 'a-file');
  writeFileSync(file, 'in the way');
  await use(t, file);
  await use(t, join(file, 'below'));
  t.is(readFileSync(file, 'utf8'), 'in the way');
  // A folder where the file should be can be neither read nor replaced.
  const folder = join(root, 'folder');
  const path = await use(t, folder);
  rmSync(path);
  mkdirSync(path);
  writeFileSync(join(path, 'inside'), '');
  await use(t, folder);
  t.true(existsSync(join(path, 'inside')));
});

test('the files used last stay, and what a killed process left goes with the others', async (t) => {
  const folder = join(root, 'bounded');
  const use24 = await use(t, folder);
  const left = `${'f'.repeat(64)}.bin.abc.tmp`;
  for (const name of [left, 'not-ours']) writeFileSync(join(folder, name), 'x');
  // Long ago, and in this order.
  for (const [age, name] of [join(folder, left), use24, join(folder, 'not-ours')].entries()) {
    utimesSync(name, age, age);
  }
  const kept = async (maxSeqLength: number) => {
    await cachedFeatures(folder, examples, tokenizer, { ...options, maxSeqLength });
    return `${await featureKey(examples, tokenizer, { ...options, maxSeqLength })}.bin`;
  };
  const first = await kept(31);
  utimesSync(join(folder, first), 3, 3);
  const others = [await kept(32), await kept(33)];
  // Read, it is the last used.
  await use(t, folder);
  others.push(await kept(34));
  t.deepEqual(readdirSync(folder).sort(), [use24.slice(folder.length + 1), ...others, 'not-ours'].sort());
});

test('questions that cannot be prepared leave nothing', async (t) => {
  const folder = join(root, 'refused');
  await t.throwsAsync(cachedFeatures(folder, examples, tokenizer, { maxSeqLength: 5, docStride: 3 }), {
    instanceOf: QaError,
  });
  t.false(existsSync(folder));
});
