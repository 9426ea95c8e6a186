import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { saveModel } from '../../src/models/folder.js';
import { bertMini } from '../../src/models/bert.js';
import { manualSeed } from '../../src/random.js';
import { bin, qaNative, temporaryFolder, tinyRun, writeFewQuestions, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const config = writeTinyConfig(folder);
const tiny = tinyRun(config);
const json = (...path: string[]) =>
  JSON.parse(readFileSync(join(...path), 'utf8')) as Record<string, unknown>;

test('train writes a run, prints the lines of the notebook, and eval and predict take it from there', async (t) => {
  const dir = join(folder, 'a whole run');
  const trained = await qaNative('train', 'bert-mini', ...tiny, '--output-dir', dir);
  t.is(trained.code, 0, trained.stderr);

  const log = readFileSync(join(dir, 'train_log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  t.deepEqual(
    log.map(({ step }) => step),
    [1, 2, 3],
  );
  t.deepEqual(Object.keys(log[0] ?? {}), ['step', 'epoch', 'loss', 'grad_norm', 'learning_rate']);
  const loss = /^Loss:(.*)$/m.exec(trained.stdout)?.[1];
  t.is(Number(loss), log[1]?.['loss']);
  t.regex(trained.stdout, /^Post-processing 400 example predictions split into 400 features\.$/m);
  t.regex(trained.stdout, /^\{'exact_match': [\d.]+, 'f1': [\d.]+\}$/m);
  t.true(trained.stdout.includes(`npx qa-native predict --model-dir '${dir}' --question`), trained.stdout);

  t.deepEqual(Object.keys(json(dir, 'train_results.json')).sort(), [
    'epoch',
    'train_loss',
    'train_runtime',
    'train_samples',
    'train_samples_per_second',
    'train_steps_per_second',
  ]);
  t.is(json(dir, 'config.json')['model_type'], 'bert');
  const weights = await readSafetensors(join(dir, 'model.safetensors'));
  t.true(weights.has('bert.encoder.layer.0.attention.self.query.weight') && weights.has('qa_outputs.bias'));
  t.is(Object.keys(json(dir, 'predictions.json')).length, 400);
  const [best] = Object.values(json(dir, 'nbest_predictions.json'))[0] as Record<string, unknown>[];
  t.deepEqual(Object.keys(best ?? {}), ['text', 'probability', 'start_logit', 'end_logit']);

  // The questions and windows are those of training without being told again.
  const results = json(dir, 'eval_results.json');
  const again = join(folder, 'again');
  const evaluated = await qaNative('eval', '--model-dir', dir, '--output-dir', again, '--json');
  t.is(evaluated.code, 0, evaluated.stderr);
  t.deepEqual(JSON.parse(evaluated.stdout), results);
  t.deepEqual(json(folder, 'again', 'predictions.json'), json(dir, 'predictions.json'));

  const context = 'Fröja 😀 Oakford was founded by Ada Holmson. It received its charter in 1512.';
  const predicted = await qaNative(
    'predict',
    '--model-dir',
    dir,
    '--question',
    'Who founded Oakford?',
    '--context',
    context,
    '--top-k',
    '3',
    '--json',
  );
  t.is(predicted.code, 0, predicted.stderr);
  const answers = predicted.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; start: number; end: number; probability: number });
  t.is(answers.length, 3);
  for (const { text, start, end, probability } of answers) {
    t.is(context.slice(start, end), text);
    t.true(probability > 0 && probability <= 1);
  }
});

test('lstm and transformer train, and --json prints one object', async (t) => {
  for (const model of ['lstm', 'transformer']) {
    const dir = join(folder, model);
    const flags = [
      '--max-train-samples',
      '4',
      '--max-steps',
      '1',
      '--no-eval',
      '--json',
      '--output-dir',
      dir,
    ];
    const { code, stdout, stderr } = await qaNative('train', model, '--dataset', 'sample', ...flags);
    t.is(code, 0, stderr);
    t.is((JSON.parse(stdout) as Record<string, unknown>)['output_dir'], dir);
    t.false(existsSync(join(dir, 'predictions.json')));
  }
});

test('a run is evaluated again as it was evaluated first, and no other model writes over its scores', async (t) => {
  const root = mkdtempSync(join(folder, 'runs-'));
  const dir = join(root, 'runs', 'bert-mini');
  const ways = ['--max-answer-length', '1', '--n-best-size', '3'];
  t.is((await qaNative('train', 'bert-mini', ...tiny, ...ways, '--output-dir', dir)).code, 0);
  const predictions = json(dir, 'predictions.json');
  const again = await qaNative('eval', '--model-dir', dir);
  t.is(again.code, 0, again.stderr);
  t.deepEqual(json(dir, 'predictions.json'), predictions);

  const other = join(root, 'other', 'bert-mini');
  cpSync(dir, other, { recursive: true });
  const named = ['eval', '--model-name-or-path', other, '--dataset', 'sample'];
  const { status, stderr } = spawnSync(process.execPath, [bin, ...named], { cwd: root, encoding: 'utf8' });
  t.is(status, 2);
  t.regex(
    stderr,
    /Expected --output-dir, as the scores of \S+ would go to runs\/bert-mini, where another run has/,
  );
  // By its name, which it also has from within.
  const within = ['eval', '--model-name-or-path', '.', '--dataset', 'sample'];
  t.is(spawnSync(process.execPath, [bin, ...within], { cwd: other }).status, 0);
  t.deepEqual(json(other, 'runs', 'bert-mini', 'predictions.json'), predictions);
});

test('a run that goes on is recorded with the questions that it is scored on then', async (t) => {
  const dir = join(folder, 'scored-later');
  const flags = ['train', 'bert-mini', '--train-file', sample.trainFile, '--vocab-file', sample.vocabFile];
  const start = ['--model-name-or-path', 'random', '--config-name', config, '--max-train-samples', '20'];
  const length = ['--max-seq-length', '96', '--doc-stride', '32', '--max-steps', '3', '--save-steps', '2'];
  const run = [...flags, ...start, ...length, '--output-dir', dir];
  t.is((await qaNative(...run)).code, 0);
  const few = writeFewQuestions(folder);
  const { code, stderr } = await qaNative(...run, '--resume-from-checkpoint', '--validation-file', few);
  t.is(code, 0, stderr);
  const evaluated = await qaNative('eval', '--model-dir', dir);
  t.is(evaluated.code, 0, evaluated.stderr);
  t.regex(evaluated.stdout, /^Post-processing 4 example predictions/m);
});

test('a run without evaluation leaves no score of the model that was there before', async (t) => {
  const dir = join(folder, 'scored');
  const flags = ['train', 'bert-mini', ...tiny, '--output-dir', dir];
  t.is((await qaNative(...flags)).code, 0);
  t.true(existsSync(join(dir, 'eval_results.json')));
  t.is((await qaNative(...flags, '--no-eval')).code, 0);
  for (const name of ['eval_results.json', 'predictions.json', 'nbest_predictions.json']) {
    t.false(existsSync(join(dir, name)), name);
  }
});

test('a run goes on from the folder of another, with its vocabulary', async (t) => {
  const first = join(folder, 'first');
  t.is((await qaNative('train', 'bert-mini', ...tiny, '--no-eval', '--output-dir', first)).code, 0);
  const flags = [
    '--train-file',
    sample.trainFile,
    '--max-train-samples',
    '4',
    '--max-steps',
    '1',
    '--max-seq-length',
    '96',
  ];
  const second = await qaNative(
    'train',
    'bert-mini',
    ...flags,
    '--doc-stride',
    '32',
    '--checkpoint',
    first,
    '--output-dir',
    join(folder, 'second'),
  );
  t.is(second.code, 0, second.stderr);
  t.is(
    readFileSync(join(folder, 'second', 'vocab.txt'), 'utf8'),
    readFileSync(join(first, 'vocab.txt'), 'utf8'),
  );
});

test('of a flag that comes twice the last one counts, whichever of its names it has', async (t) => {
  const dir = join(folder, 'twice');
  const flags = [
    '--max-steps',
    '1',
    '--batch-size',
    '2',
    '--per-device-train-batch-size',
    '4',
    '--seed',
    '7',
  ];
  const { code, stdout, stderr } = await qaNative(
    ...['train', 'bert-mini', ...tiny, '--seed', '1', ...flags, '--no-eval', '--output-dir', dir],
  );
  t.is(code, 0, stderr);
  t.regex(stdout, / 1 steps of 4\..*seed 7\./s);
});

test('answers that are not at their offsets are counted and named, and trained on', async (t) => {
  const moved = join(folder, 'moved.json');
  writeFileSync(
    moved,
    readFileSync(sample.trainFile, 'utf8').replace(/"answer_start":\d+/, '"answer_start":3'),
  );
  const { code, stderr } = await qaNative(
    'train',
    'bert-mini',
    ...tiny,
    '--train-file',
    moved,
    '--no-eval',
    '--output-dir',
    join(folder, 'moved'),
  );
  t.is(code, 0);
  t.regex(stderr, /1 questions have an answer that is not at its answer_start; .*: train-towns-1-1/);
});

test("windows are padded with the tokenizer's [PAD], wherever it is", async (t) => {
  const dir = join(folder, 'other-padding');
  const settings = {
    vocab_size: 17,
    hidden_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 64,
    initializer_range: 0.3,
    pad_token_id: 3,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
  };
  const bert = bertMini.parseConfig(settings, 'the test');
  manualSeed(0);
  await saveModel(dir, bertMini, bert, bertMini.create(bert));
  const words = '[UNK] [CLS] [SEP] [PAD] [MASK] who founded it the town was by ada holm ##son . ?';
  writeFileSync(join(dir, 'vocab.txt'), words.split(' ').join('\n'));
  const answers = [{ text: 'Ada Holmson', answer_start: 24 }];
  const context = 'The town was founded by Ada Holmson.';
  const question = { id: 'a', context, question: 'Who founded it?', answers };
  const file = join(folder, 'other-padding.jsonl');
  writeFileSync(file, JSON.stringify(question));

  const start = ['--model-name-or-path', dir, '--train-file', file, '--no-eval'];
  const window = ['--max-seq-length', '32', '--doc-stride', '8', '--max-steps', '1'];
  const output = join(folder, 'other-padding-run');
  const trained = await qaNative('train', 'bert-mini', ...start, ...window, '--output-dir', output);
  t.is(trained.code, 0, trained.stderr);
  // What scripts/reference/notebook.py computes from the same weights.
  t.true(Math.abs(Number(json(output, 'train_log.jsonl')['loss']) - 3.590745687484741) < 1e-5);
});
