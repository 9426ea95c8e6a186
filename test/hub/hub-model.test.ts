import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hubModel } from '../../src/hub/hub-model.js';
import { serving } from '../serving.js';
import { blobName, commit, fakeHub } from './fake-hub.js';
import {
  files,
  get,
  json,
  model,
  named,
  repository,
  resolved,
  revision,
  root,
  stored,
  tree,
  wanted,
  weights,
  without,
} from './hub-model-fixture.js';

test('what is wanted and nothing else comes, into the layout that Python reads', async (t) => {
  const { folder, paths } = await get('layout');
  t.is(folder, join(repository('layout'), 'snapshots', commit));
  t.deepEqual(readdirSync(folder).sort(), wanted);
  t.deepEqual(paths, [
    revision,
    tree,
    ...['config.json', 'vocab.txt', 'model.safetensors'].map(resolved),
    stored,
  ]);
  for (const name of wanted) {
    const content = files[name as keyof typeof files];
    t.is(readlinkSync(join(folder, name)), `../../blobs/${blobName(name, content)}`);
    t.true(readFileSync(join(folder, name)).equals(content));
  }
  t.is(readFileSync(join(repository('layout'), 'refs', 'main'), 'utf8'), commit);
  t.deepEqual(readdirSync(repository('layout')).sort(), ['blobs', 'refs', 'snapshots']);
  t.is(readdirSync(join(repository('layout'), 'blobs')).length, 3);
  t.deepEqual(readdirSync(join(root, 'layout', '.locks', 'models--somebody--a-bert')), []);
});

test('what is in the cache is not fetched again', async (t) => {
  await get('twice');
  t.deepEqual((await get('twice')).paths, [revision, tree]);
});

test('a mirror that has the files alone will do', async (t) => {
  const { folder, paths } = await get('mirror', { hub: { onlyFiles: true } });
  t.deepEqual(readdirSync(folder).sort(), wanted);
  t.is(folder, join(repository('mirror'), 'snapshots', commit));
  t.is(paths.filter((path) => path === stored).length, 1);
  t.false((await get('mirror', { hub: { onlyFiles: true } })).paths.includes(stored));
  await t.throwsAsync(get('empty mirror', { hub: { onlyFiles: true }, contents: {} }), { code: 'ERR_HUB' });
});

test('a vocabulary comes without the weights', async (t) => {
  const { folder } = await get('tokenizer', { part: 'tokenizer' });
  t.deepEqual(readdirSync(folder), ['vocab.txt']);
  t.deepEqual(readdirSync((await get('tokenizer')).folder).sort(), wanted);
});

test('all that says what tokens there are comes with a vocabulary', async (t) => {
  const beside = ['added_tokens.json', 'special_tokens_map.json', 'tokenizer.json', 'tokenizer_config.json'];
  const contents = { ...files, ...Object.fromEntries(beside.map((name) => [name, json({})])) };
  const { folder } = await get('beside', { contents, part: 'tokenizer' });
  t.deepEqual(readdirSync(folder).sort(), [...beside, 'vocab.txt']);
});

test('where there is only pytorch_model.bin, that comes', async (t) => {
  const { folder } = await get('bin', { contents: without('model.safetensors') });
  t.deepEqual(readdirSync(folder).sort(), ['config.json', 'pytorch_model.bin', 'vocab.txt']);
});

test('weights in parts come with all of them', async (t) => {
  const others = without('model.safetensors');
  const index = json({
    weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' },
  });
  const parts = { 'model-1.safetensors': weights, 'model-2.safetensors': Buffer.from('2') };
  const { folder } = await get('parts', {
    contents: { ...others, 'model.safetensors.index.json': index, ...parts },
  });
  t.deepEqual(readdirSync(folder).sort(), [
    'config.json',
    'model-1.safetensors',
    'model-2.safetensors',
    'model.safetensors.index.json',
    'vocab.txt',
  ]);
});

test('a newer commit is taken, what did not change is not fetched again, and the older one stays whole', async (t) => {
  const before = await get('newer');
  const newer = { ...files, 'vocab.txt': Buffer.from('[PAD]\n[UNK]\n[CLS]\n[SEP]\nnew\n') };
  const next = 'f'.repeat(40);
  const after = await get('newer', { hub: { commit: next }, contents: newer });
  t.is(after.folder, join(repository('newer'), 'snapshots', next));
  t.false(after.paths.includes(stored));
  t.regex(readFileSync(join(after.folder, 'vocab.txt'), 'utf8'), /new/);
  t.notRegex(readFileSync(join(before.folder, 'vocab.txt'), 'utf8'), /new/);
  t.true(readFileSync(join(after.folder, 'model.safetensors')).equals(weights));
});

test('a token is shown to the hub and to nobody else', async (t) => {
  const token = 'hf_secret';
  const elsewhere = fakeHub(model, files);
  await serving(elsewhere.listener, async (storage) => {
    const { asked } = await get('token', { hub: { token, storage }, token });
    t.true(asked.every(({ authorization }) => authorization === `Bearer ${token}`));
    t.deepEqual(elsewhere.asked, [{ path: stored, authorization: undefined, range: undefined }]);
    await t.throwsAsync(get('no-token', { hub: { token } }), { message: /answered 401: without a token/ });
    await t.throwsAsync(get('bad-token', { hub: { token }, token: 'hf_other' }), {
      message: /answered 401: this token may not read it/,
    });
  });
});

test('another architecture is refused before its weights come', async (t) => {
  const paths: string[] = [];
  for (const config of [
    { model_type: 'roberta' },
    { model_type: 'bert', position_embedding_type: 'relative_key' },
  ]) {
    const { listener, asked } = fakeHub(model, { ...files, 'config.json': json(config) });
    const settings = { cache: join(root, 'other'), isOffline: false, token: undefined, patience: 20 };
    await t.throwsAsync(
      serving(listener, (endpoint) => hubModel(named, 'model', { endpoint, ...settings })),
      { code: 'ERR_CONFIG', message: /^Expected [^\n]+, got "(roberta|relative_key)"; [^\n]+\.$/ },
    );
    paths.push(...asked.map(({ path }) => path));
  }
  t.false(paths.includes(stored));
});

for (const missing of ['config.json', 'vocab.txt', 'model.safetensors'] as const) {
  test(`a model without ${missing} is refused in a sentence`, async (t) => {
    const contents = without(missing, 'pytorch_model.bin');
    await t.throwsAsync(get(`without ${missing}`, { contents }), {
      code: 'ERR_MODEL_FILE',
      message: new RegExp(
        `^Expected .*${missing}.* in the model "somebody/a-bert", but it is not there; .*\\.$`,
      ),
    });
  });
}
