import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { qaNative, qaNativeWith, temporaryFolder, tinyRun, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const config = writeTinyConfig(folder);
const tiny = tinyRun(config);

test('wrong usage is 2, in a sentence', async (t) => {
  const cases: [string[], RegExp][] = [
    [[], /Expected a command/],
    [['trian'], /Expected a command first, got trian \(perhaps train\)/],
    [['train', 'gpt', '--dataset', 'sample'], /Expected a model of bert-mini, lstm, transformer, got "gpt"/],
    [
      ['train', 'lstm', '--dataset', 'sample', '--learning-rate', '-1'],
      /--learning-rate to be a number of 0 or more, got -1/,
    ],
    [
      ['train', 'lstm', '--dataset', 'sample', '--batch-size', '1.5'],
      /--per-device-train-batch-size to be a whole number/,
    ],
    [['train', 'lstm', '--dataset', 'news'], /--dataset to be squad, squad_v2 or sample, got "news"/],
    [
      ['train', 'lstm', '--dataset', 'sample', '--lr-scheduler-type', 'reduce_lr_on_plateau'],
      /Expected another --lr-scheduler-type than reduce_lr_on_plateau, as it needs a loss/,
    ],
    [
      ['train', 'lstm', '--dataset', 'sample', '--lr-scheduler-type', 'zigzag'],
      /--lr-scheduler-type to be one of linear, cosine, .*, got "zigzag"/,
    ],
    [['train', 'lstm', '--dataset', 'sample', '--frobnicate'], /`qa-native train` takes, got --frobnicate;/],
    [['train', 'lstm', '--dataset', 'sample', '--max-steps'], /Expected a value after --max-steps/],
    [
      ['train', 'lstm', '--dataset', 'sample', '--max-train-samples', '0'],
      /--max-train-samples to be a whole number of 1 or more/,
    ],
    [
      ['train', 'lstm', '--dataset', 'sample', '--epochs', 'two'],
      /--num-train-epochs to be a number above 0, got "two"/,
    ],
    [
      ['train', 'lstm', '--dataset', 'sample', '--epochs', '0'],
      /--num-train-epochs to be a number above 0, got 0/,
    ],
    [
      ['train', 'lstm', '--dataset', 'sample', '--learning-rate', 'Infinity'],
      /--learning-rate to be a number of 0 or more, got Infinity/,
    ],
    ...['1.5', '-3', 'now', '1e20'].map((seed): [string[], RegExp] => [
      ['train', 'lstm', '--dataset', 'sample', '--seed', seed],
      /--seed to be a whole number of 0 to 9007199254740991, got/,
    ]),
    [['train', 'lstm', '--dataset', 'sample', '--device', 'tpu'], /--device to be auto, cpu, cuda/],
    [
      ['train', 'lstm', '--dataset', 'sample', '--batch_size', '1.5'],
      /train-batch-size to be a whole number/,
    ],
    [
      ['train', 'bert-mini', '--dataset', 'sample', '--model-name-or-path', folder, '--config-name', config],
      /Expected --config-name with --model-name-or-path random, as \S+ has its own config\.json; leave one out/,
    ],
    [
      ['train', 'lstm', '--dataset', 'sample', '--vocab-file', sample.vocabFile, '--tokenizer-name', folder],
      /Expected --vocab-file or --tokenizer-name, but both came/,
    ],
    [
      ['predict', '--model-dir', folder, '--question', 'Who?', '--context', 'I.', '--top-k', '1001'],
      /--top-k to be a whole number of 1 to 1000, got 1001/,
    ],
    [
      ['eval', '--model-dir', folder, '--validation-file', sample.validationFile, '--threads', '0'],
      /threads from 1 to 1024/,
    ],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await qaNative(...args);
    t.is(code, 2, `${args.join(' ')}: ${stderr}`);
    t.regex(stderr, expected);
    t.false(stderr.includes('    at '), 'no stack trace');
    t.is(stderr.trim().split('\n').length, 1, stderr);
  }
});

test('wrong usage is told before anything is looked for that may have to be downloaded', async (t) => {
  const offline = { HF_HUB_OFFLINE: '1', HF_HOME: folder, QA_NATIVE_CACHE: folder };
  const cases: [string[], RegExp][] = [
    [['train', 'lstm', '--max-train-samples', '0'], /--max-train-samples to be a whole number/],
    [['train', 'lstm', '--load-best-model-at-end'], /Expected --eval-strategy steps or epoch/],
    [['train', 'lstm', '--early-stopping-patience', '2'], /Expected --eval-strategy steps or epoch/],
    [['reproduce', '--max-train-samples', '0'], /--max-train-samples to be a whole number/],
    [['train', 'lstm', '--max-eval-samples', '1.5'], /--max-eval-samples to be a whole number/],
    [['reproduce', '--max-eval-samples', '0'], /--max-eval-samples to be a whole number/],
    [['eval', '--max-eval-samples', 'x'], /--max-eval-samples to be a whole number/],
    [['report', folder, '--max-eval-samples', '0'], /--max-eval-samples to be a whole number/],
    [['reproduce', '--max-steps', 'x'], /--max-steps to be a whole number/],
    [['reproduce', '--device', 'gpu'], /--device to be auto, cpu/],
    [['reproduce', '--threads', '0'], /number of threads from 1/],
    [['check', '--dataset', 'squad', '--doc-stride', 'x'], /--doc-stride to be a whole number/],
    [
      ['features', '--file', 'x', '--split', 'train', '--output', 'y', '--max-train-samples', '0'],
      /--max-train-samples to be a whole number/,
    ],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await qaNativeWith(offline, ...args);
    t.regex(stderr, message);
    t.is(code, 2, args.join(' '));
  }
});

test('what fails is 1, in a sentence', async (t) => {
  const truncated = join(folder, 'truncated.json');
  writeFileSync(truncated, readFileSync(sample.trainFile, 'utf8').slice(0, 5000));
  const list = join(folder, 'list.json');
  writeFileSync(list, '[]');
  const badConfig = join(folder, 'bad-config');
  mkdirSync(badConfig);
  writeFileSync(join(badConfig, 'config.json'), '{"model_type":"gpt2"}');
  writeFileSync(join(badConfig, 'vocab.txt'), readFileSync(sample.vocabFile));
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const vocab = ['--vocab-file', sample.vocabFile];
  const cases: [string[], RegExp][] = [
    [
      ['train', 'lstm', '--train-file', 'none.json', ...vocab],
      /Expected a file of questions at none\.json, but there is none/,
    ],
    [['train', 'lstm', '--train-file', truncated, ...vocab], /truncated\.json, but it could not be read/],
    [['train', 'lstm', '--train-file', list, ...vocab], /Expected a list at data in .*list\.json/],
    [['train', 'lstm', '--train-file', sample.trainFile, '--vocab-file', file], /it lacks \[PAD\]/],
    [
      ['train', 'bert-mini', '--train-file', sample.trainFile, '--model-name-or-path', folder],
      /settings in .*config\.json, but they could not be read/,
    ],
    [
      ['train', 'bert-mini', '--train-file', sample.trainFile, '--model-name-or-path', './nowhere'],
      /folder of a model or a model's name on the hub, got \.\/nowhere, which is neither/,
    ],
    [
      ['train', 'bert-mini', '--train-file', sample.trainFile, '--model-name-or-path', file],
      /a-file, which is a file/,
    ],
    [
      ['train', 'bert-mini', '--train-file', sample.trainFile, '--model-name-or-path', badConfig],
      /"model_type" of one of/,
    ],
    [
      ['train', 'bert-mini', ...tiny, '--output-dir', join(file, 'below')],
      /Expected to write into .* give an --output-dir that you may write to/,
    ],
    [
      ['train', 'bert-mini', ...tiny, '--max-seq-length', '16', '--doc-stride', '14'],
      /question .* positions for its context/,
    ],
    [['train', 'bert-mini', ...tiny, '--max-seq-length', '300'], /at most 128 positions .* got 300/],
    [
      ['eval', '--model-dir', join(folder, 'nowhere'), '--dataset', 'sample'],
      /Expected a trained model in \S*nowhere, but there is no such folder; train one with `qa-native train`/,
    ],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await qaNative(...args);
    t.is(code, 1, `${args.join(' ')}: ${stderr}`);
    t.regex(stderr, expected);
    t.false(stderr.includes('    at '), `no stack trace: ${stderr}`);
  }
});

test('a rate that makes the loss infinite stops the run and names the questions', async (t) => {
  const { code, stderr } = await qaNative(
    'train',
    'bert-mini',
    ...tiny,
    '--learning-rate',
    '1e38',
    '--no-eval',
    '--output-dir',
    join(folder, 'nan'),
  );
  t.is(code, 1);
  t.regex(
    stderr,
    /Expected a finite loss .* in step \d+ \(questions train-.*\); the weights are as before this step/,
  );
});
