import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hubModel } from '../../src/hub/hub-model.js';
import { serving } from '../serving.js';
import { cutAt, fakeHub, hangUp, sha256 } from './fake-hub.js';
import {
  always,
  files,
  get,
  model,
  named,
  repository,
  revision,
  root,
  stored,
  tree,
  wanted,
  weights,
} from './hub-model-fixture.js';

// What the cache holds: downloads that were ended, damaged files, copies; and the cache alone.

const partOf = (name: string) => join(repository(name), 'blobs', `${sha256(weights)}.qa-native.incomplete`);

test('a download that was ended is taken up by the next run', async (t) => {
  await t.throwsAsync(get('ended', { hub: { troubles: { [stored]: [cutAt(100_000), ...always(hangUp)] } } }));
  t.is(readFileSync(partOf('ended')).length, 100_000);
  const { asked, folder } = await get('ended');
  t.deepEqual(
    asked.filter(({ path }) => path === stored).map(({ range }) => range),
    ['bytes=100000-'],
  );
  t.true(readFileSync(join(folder, 'model.safetensors')).equals(weights));
  t.false(existsSync(partOf('ended')));
});

for (const [name, remains] of Object.entries({
  'other bytes': Buffer.alloc(100_000, 1),
  'as many other bytes as the file has': Buffer.alloc(weights.length, 1),
  'more bytes than the file has': Buffer.alloc(weights.length + 1, 1),
  'all of it': weights,
})) {
  test(`what an ended download left is not believed: ${name}`, async (t) => {
    await get(`left ${name}`, { part: 'tokenizer' });
    writeFileSync(partOf(`left ${name}`), remains);
    const { folder } = await get(`left ${name}`);
    t.true(readFileSync(join(folder, 'model.safetensors')).equals(weights));
    t.false(existsSync(partOf(`left ${name}`)));
  });
}

test('several at once fetch each file once', async (t) => {
  const { listener, asked } = fakeHub(model, files, { troubles: { [stored]: [cutAt(150_000)] } });
  const settings = { cache: join(root, 'at-once'), isOffline: false, token: undefined, patience: 20 };
  const folders = await serving(listener, (endpoint) =>
    Promise.all([1, 2, 3].map(() => hubModel(named, 'model', { endpoint, ...settings }))),
  );
  t.is(new Set(folders).size, 1);
  t.deepEqual(
    asked.filter(({ path }) => path === stored).map(({ range }) => range),
    [undefined, 'bytes=150000-'],
  );
  t.true(readFileSync(join(folders[0] ?? '', 'model.safetensors')).equals(weights));
});

test('offline the cache alone is asked', async (t) => {
  await t.throwsAsync(get('offline', { isOffline: true }), {
    code: 'ERR_HUB',
    message: /^Expected the model .* in the cache, as HF_HUB_OFFLINE .* but the cache has no copy; unset/,
  });
  const { folder } = await get('offline');
  const offline = await get('offline', { isOffline: true });
  t.deepEqual([offline.folder, offline.paths], [folder, []]);
});

test('a copy that only has the vocabulary is no model offline', async (t) => {
  await get('part', { part: 'tokenizer' });
  t.truthy(await get('part', { part: 'tokenizer', isOffline: true }));
  await t.throwsAsync(get('part', { isOffline: true }), {
    message: /^Expected config.json in the cache's copy/,
  });
});

for (const [name, damaged] of Object.entries({
  cut: weights.subarray(0, 1000),
  'altered in one byte': Buffer.from(weights).fill(9, 5, 6),
  empty: Buffer.alloc(0),
})) {
  test(`a file of the cache that was ${name} is noticed and fetched again`, async (t) => {
    const { folder } = await get(name);
    writeFileSync(realpathSync(join(folder, 'model.safetensors')), damaged);
    await t.throwsAsync(get(name, { isOffline: true }), { message: /copy of model\.safetensors is damaged/ });
    await get(name);
    t.true(readFileSync(join(folder, 'model.safetensors')).equals(weights));
  });
}

test('a snapshot of copies instead of links is taken as it is', async (t) => {
  const { folder } = await get('copies');
  for (const name of wanted) {
    const content = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), content);
  }
  rmSync(join(repository('copies'), 'blobs'), { recursive: true });
  t.deepEqual((await get('copies')).paths, [revision, tree]);
  t.is((await get('copies', { isOffline: true })).folder, folder);
});
