import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hubModel } from '../../src/hub/hub-model.js';
import type { ModelPart } from '../../src/hub/model-parts.js';
import { temporaryFolder } from '../cli/run.js';
import { serving } from '../serving.js';
import {
  announce,
  blobName,
  commit,
  cutAt,
  fakeHub,
  hangUp,
  neverAnswer,
  refuse,
  sendInstead,
  sha256,
  stallAt,
  type Trouble,
} from './fake-hub.js';

const root = temporaryFolder();
const model = 'somebody/a-bert';
const weights = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
const json = (value: object) => Buffer.from(JSON.stringify(value));
const files = {
  'README.md': Buffer.from('not wanted'),
  'config.json': json({ model_type: 'bert' }),
  'vocab.txt': Buffer.from('[PAD]\n[UNK]\n[CLS]\n[SEP]\n'),
  'model.safetensors': weights,
  'pytorch_model.bin': Buffer.from('not wanted where there are safetensors'),
};
const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
const wanted = ['config.json', 'model.safetensors', 'vocab.txt'];

const [revision, tree] = [`/api/models/${model}/revision/main`, `/api/models/${model}/tree/${commit}`];
const resolved = (name: string) => `/${model}/resolve/${commit}/${name}`;
const stored = '/storage/model.safetensors';

type Options = Parameters<typeof fakeHub>[2];

interface Asking {
  readonly hub?: Options;
  readonly contents?: Readonly<Record<string, Buffer>>;
  readonly part?: ModelPart;
  readonly token?: string;
  readonly isOffline?: boolean;
  readonly patience?: number;
}

/** Gets the model into a cache from a fake hub; tells what was asked for. */
async function get(name: string, asking: Asking = {}) {
  const { hub, contents = files, part, token, isOffline = false, patience = 20 } = asking;
  const { listener, asked } = fakeHub(model, contents, hub);
  const cache = join(root, name);
  const folder = await serving(listener, (endpoint) =>
    hubModel(model, part, { endpoint, cache, isOffline, token, patience }),
  );
  return { folder, asked, paths: asked.map(({ path }) => path) };
}

const repository = (name: string) => join(root, name, 'models--somebody--a-bert');
const partOf = (name: string) => join(repository(name), 'blobs', `${sha256(weights)}.qa-native.incomplete`);

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

const recoveries: Readonly<Record<string, Readonly<Record<string, readonly Trouble[]>>>> = {
  'busy at every door': {
    [revision]: [refuse(503), refuse(429)],
    [tree]: [refuse(500)],
    [resolved('config.json')]: [refuse(503)],
    [stored]: [refuse(503)],
  },
  'hung up at every door': {
    [revision]: [hangUp],
    [tree]: [hangUp],
    [resolved('vocab.txt')]: [hangUp],
    [stored]: [hangUp],
  },
  'cut in the middle': {
    [stored]: [cutAt(100_000)],
    [resolved('config.json')]: [cutAt(3)],
    [tree]: [announce(400)],
  },
  'stalled in the middle': { [stored]: [stallAt(100_000)], [revision]: [neverAnswer] },
  'a length that is too small': { [stored]: [announce(200_000)] },
  'a length that is too large': { [stored]: [announce(400_000)] },
};

for (const [name, troubles] of Object.entries(recoveries)) {
  test(`a model comes whole from a hub that was ${name}`, async (t) => {
    const { folder } = await get(name, {
      hub: { troubles },
      patience: name.startsWith('stalled') ? 0.5 : 20,
    });
    t.true(readFileSync(join(folder, 'model.safetensors')).equals(weights));
    t.is(readdirSync(join(repository(name), 'blobs')).length, 3);
  });
}

const always = (trouble: Trouble) => Array.from({ length: 20 }, () => trouble);
const other = sendInstead((content) => Buffer.alloc(content.length, 7));
const longer = sendInstead((content) => Buffer.concat([content, Buffer.from('more')]));

const failures: Readonly<Record<string, readonly [Readonly<Record<string, readonly Trouble[]>>, RegExp]>> = {
  'no such model': [
    { [revision]: always(refuse(404)), [`/${model}/resolve/main/config.json`]: always(refuse(404)) },
    /has none of this name; check the name, give a folder/,
  ],
  'not ours to read': [
    { [revision]: always(refuse(401)) },
    /it answered 401: without a token .* set HF_TOKEN/,
  ],
  'a gate before the weights': [{ [resolved('model.safetensors')]: always(refuse(403)) }, /it answered 403/],
  'a file that is gone': [
    { [stored]: always(refuse(404)) },
    /a file that it tells of is not there \(404\); try/,
  ],
  'busy for good': [{ [revision]: always(refuse(503)) }, /it answered 503; try again/],
  'busy with the weights': [{ [stored]: always(refuse(503)) }, /the server answered 503; try again/],
  'never an answer': [{ [revision]: always(neverAnswer) }, /cannot be reached \(.*timeout.*\); try again/],
  'a list that is none': [
    { [tree]: always(sendInstead(() => Buffer.from('<html>'))) },
    /is not valid JSON; try/,
  ],
  'a list of nothing': [
    { [tree]: always(sendInstead(() => Buffer.from('[null]'))) },
    /but its answer is no list of files \(.*\); try/,
  ],
  'a list without end': [
    { [tree]: always(sendInstead(() => Buffer.alloc(2 ** 26 + 1, ' '))) },
    /but the hub's answer goes on after 67108864 bytes; try/,
  ],
  'a commit that is none': [
    { [revision]: always(sendInstead(() => json({ id: model, sha: '../../..' }))) },
    /names the commit "\.\.\/\.\.\/\.\."; try/,
  ],
  'other bytes': [
    { [stored]: always(other) },
    /model\.safetensors came with another hash than the hub lists/,
  ],
  'too many bytes': [{ [stored]: always(longer) }, /more than its 300000 bytes came/],
  'stalled for good': [{ [stored]: always(stallAt(100_000)) }, /nothing came for 0\.3 seconds/],
};

for (const [name, [troubles, message]] of Object.entries(failures)) {
  test(`what was whole stays whole, and a sentence says why: ${name}`, async (t) => {
    const patience = /never|stalled/.test(name) ? 0.3 : 20;
    const error = await t.throwsAsync(get(name, { hub: { troubles }, patience }), {
      code: 'ERR_HUB',
      message,
    });
    t.regex(error?.message ?? '', /^Expected the model "somebody\/a-bert" from the hub at http[^\n]+\.$/);
    const blobs = join(repository(name), 'blobs', sha256(weights));
    t.false(existsSync(blobs));
    t.false(existsSync(join(repository(name), 'refs', 'main')));
    // With a copy in the cache the same trouble costs nothing.
    await get(name);
    t.true(
      readFileSync(join((await get(name, { hub: { troubles }, patience })).folder, 'vocab.txt')).length > 0,
    );
    t.true(readFileSync(blobs).equals(weights));
  });
}

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
    Promise.all([1, 2, 3].map(() => hubModel(model, 'model', { endpoint, ...settings }))),
  );
  t.is(new Set(folders).size, 1);
  t.deepEqual(
    asked.filter(({ path }) => path === stored).map(({ range }) => range),
    [undefined, 'bytes=150000-'],
  );
  t.true(readFileSync(join(folders[0] ?? '', 'model.safetensors')).equals(weights));
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

test('another architecture is refused before its weights come', async (t) => {
  const paths: string[] = [];
  for (const config of [
    { model_type: 'roberta' },
    { model_type: 'bert', position_embedding_type: 'relative_key' },
  ]) {
    const { listener, asked } = fakeHub(model, { ...files, 'config.json': json(config) });
    const settings = { cache: join(root, 'other'), isOffline: false, token: undefined, patience: 20 };
    await t.throwsAsync(
      serving(listener, (endpoint) => hubModel(model, 'model', { endpoint, ...settings })),
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
