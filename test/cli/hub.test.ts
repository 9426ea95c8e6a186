import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { defaultCheckpoint } from '../../src/hub/default-checkpoint.js';
import { fakeHub } from '../hub/fake-hub.js';
import { writeTinyModel } from '../reader/tiny-model.js';
import { serving } from '../serving.js';
import { bin, qaNativeWith, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const checkpoint = join(folder, 'checkpoint');
const files: Record<string, Buffer> = {};
test.before(async () => {
  await writeTinyModel(checkpoint);
  for (const name of readdirSync(checkpoint)) files[name] = readFileSync(join(checkpoint, name));
});

const data = ['--train-file', sample.trainFile, '--validation-file', sample.validationFile];
const short = [
  '--max-train-samples',
  '12',
  '--max-steps',
  '1',
  '--max-seq-length',
  '64',
  '--doc-stride',
  '16',
];

/** Runs `qa-native` beside a hub that has a tiny BERT under the name. */
async function withHub(model: string, cache: string, args: readonly string[], token?: string) {
  const { listener, asked } = fakeHub(model, files, token === undefined ? {} : { token });
  const result = await serving(listener, (url) =>
    qaNativeWith({ HF_HOME: join(folder, cache), HF_ENDPOINT: url, HF_TOKEN: token }, ...args),
  );
  return { ...result, asked: asked.map(({ path }) => path) };
}

test('bert-mini starts from its checkpoint on the hub, and then without the network to the same bits', async (t) => {
  const args = (run: string) => [
    'train',
    'bert-mini',
    ...data,
    ...short,
    '--output-dir',
    join(folder, run),
    '--no-eval',
  ];
  const first = await withHub(defaultCheckpoint, 'shared', args('first'), 'hf_secret');
  t.is(first.code, 0, first.stderr);
  t.regex(first.stderr, /Fetching model\.safetensors/);
  const offline = { HF_HOME: join(folder, 'shared'), HF_HUB_OFFLINE: '1' };
  const second = await qaNativeWith(offline, ...args('second'));
  t.is(second.code, 0, second.stderr);
  const [one, two] = ['first', 'second'].map((run) => readFileSync(join(folder, run, 'model.safetensors')));
  t.true(one?.equals(two ?? Buffer.alloc(0)));
});

test('random weights take the vocabulary of that checkpoint, without its weights', async (t) => {
  const run = join(folder, 'lstm');
  const args = ['train', 'lstm', ...data, ...short, '--batch-size', '2', '--no-eval', '--output-dir', run];
  const { code, stderr, asked } = await withHub(defaultCheckpoint, 'vocabulary', args);
  t.is(code, 0, stderr);
  t.false(asked.some((path) => path.includes('safetensors')));
  t.true(readFileSync(join(run, 'vocab.txt')).equals(files['vocab.txt'] ?? Buffer.alloc(0)));
});

test('features are cut with the vocabulary of that checkpoint, where no other is named', async (t) => {
  const output = join(folder, 'features.jsonl');
  const args = ['features', '--file', sample.validationFile, '--split', 'validation', '--output', output];
  const { code, stdout, stderr, asked } = await withHub(defaultCheckpoint, 'features', args);
  t.is(code, 0, stderr);
  t.regex(stdout, /^400 windows of 400 questions/);
  t.false(asked.some((path) => path.includes('safetensors')));
});

test('a flag that makes no sense, or a device that is not here, costs no download', async (t) => {
  for (const [flag, value, code] of [
    ['--learning-rate', '-1', 2],
    ['--device', 'tpu', 2],
    ['--device', 'cuda:99', 1],
  ] as const) {
    const asked: string[] = [];
    const listener: RequestListener = (request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(404).end();
    };
    const result = await serving(listener, (url) =>
      qaNativeWith(
        { QA_NATIVE_SQUAD_SITE: url, HF_ENDPOINT: url, QA_NATIVE_CACHE: folder, HF_HOME: folder },
        ...['train', 'bert-mini', flag, value],
      ),
    );
    t.is(result.code, code, result.stderr);
    t.true(result.stderr.includes(flag), result.stderr);
    t.deepEqual(asked, []);
  }
});

test('features and check tokenize as a model of the hub does', async (t) => {
  const named = ['--model-name-or-path', 'some/bert'];
  const lines = join(folder, 'lines.jsonl');
  for (const args of [
    ['features', '--file', sample.trainFile, '--split', 'train', '--output', lines],
    ['check', '--train-file', sample.trainFile],
  ]) {
    const { code, stderr, asked } = await withHub('some/bert', 'tokenizer', [...args, ...named]);
    t.is(code, 0, stderr);
    t.false(asked.some((path) => path.includes('safetensors')));
  }
});

test('eval and predict take a trained model of the hub', async (t) => {
  const named = ['--model-name-or-path', 'some/reader'];
  const scored = await withHub('some/reader', 'trained', [
    ...['eval', ...named, '--validation-file', sample.validationFile, '--output-dir', join(folder, 'scores')],
    ...['--max-seq-length', '64', '--doc-stride', '16'],
  ]);
  t.is(scored.code, 0, scored.stderr);
  t.is(
    Object.keys(JSON.parse(readFileSync(join(folder, 'scores', 'predictions.json'), 'utf8')) as object)
      .length,
    400,
  );
  const question = ['--question', 'Who?', '--context', 'Somebody was there.'];
  const answered = await withHub('some/reader', 'trained', ['predict', ...named, ...question]);
  t.is(answered.code, 0, answered.stderr);
});

test('a model that the hub has not is told in one sentence', async (t) => {
  const args = ['train', 'bert-mini', ...data, ...short, '--model-name-or-path', 'nobody/nothing'];
  const { code, stderr } = await withHub(defaultCheckpoint, 'none', [
    ...args,
    '--output-dir',
    join(folder, 'none'),
  ]);
  t.is(code, 1);
  t.regex(stderr, /^qa-native: Expected the model "nobody\/nothing" from the hub .*\n$/);
});

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} before the first step ends a run at once, in a sentence`, async (t) => {
    const args = ['train', 'bert-mini', ...data, ...short, '--output-dir', join(folder, signal)];
    const { promise, resolve: ask } = waiting();
    await serving(ask, async (url) => {
      const env = { ...process.env, HF_HOME: join(folder, signal), HF_ENDPOINT: url };
      const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      const [said, ended] = [text(child.stderr), once(child, 'close')];
      await promise;
      child.kill(signal);
      t.deepEqual(await ended, [exitCode, null]);
      t.regex(await said, new RegExp(`^\\nqa-native: ${signal}: ended before the first step; .*\\.\\n$`));
    });
  });
}

/** A promise, and what resolves it. */
function waiting(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
