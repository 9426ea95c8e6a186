import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readRunFolder } from '../../src/report/run-folder.js';
import { temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();

const files = {
  'train_log.jsonl': '{"step":1,"loss":2.5}\n{"step":2,"loss":2}\n',
  'train_results.json': '{"train_loss":2.25,"train_runtime":3}',
  'eval_results.json': '{"exact":50,"f1":60}',
  'predictions.json': '{"a":"Ada","b":""}',
  'nbest_predictions.json':
    '{"a":[{"text":"Ada","probability":0.9}],"b":[{"text":"Bo","probability":0.6},{"text":"","probability":0.4}]}',
};

/** A run's folder with some of its files changed. */
function write(name: string, changed: Readonly<Record<string, string>> = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries({ ...files, ...changed })) writeFileSync(join(path, file), text);
  return path;
}

test('an answer has the probability of its own text, which need not be the first where a threshold decided', async (t) => {
  const { name, losses, flags, evaluations, answers } = await readRunFolder(write('good'));
  t.deepEqual(
    { name, losses, flags, evaluations },
    { name: 'good', losses: [2.5, 2], flags: {}, evaluations: [] },
  );
  t.deepEqual(
    [...answers],
    [
      ['a', { text: 'Ada', probability: 0.9 }],
      ['b', { text: '', probability: 0.4 }],
    ],
  );
});

test('a run may have been evaluated only', async (t) => {
  const path = write('evaluated');
  for (const name of ['train_log.jsonl', 'train_results.json']) rmSync(join(path, name));
  const { losses, trainResults, answers } = await readRunFolder(path);
  t.deepEqual({ losses, trainResults, size: answers.size }, { losses: [], trainResults: {}, size: 2 });
});

for (const [name, text] of [
  ['train_log.jsonl', '{"step":1,"loss":2.5}\n{"step":2,"lo'],
  ['train_log.jsonl', '{"step":1}\n'],
  ['train_log.jsonl', 'null\n'],
  ['train_results.json', 'null'],
  ['eval_results.json', '[1]'],
  ['eval_results.json', '{"f1":"60"}'],
  ['predictions.json', '{"a":1}'],
  ['predictions.json', 'null'],
  ['nbest_predictions.json', '{"a":{}}'],
  ['nbest_predictions.json', '{"a":[{"text":"Ada"}]}'],
  ['run.json', '[]'],
  ['run.json', 'null'],
  ['eval_log.jsonl', '{"step":"1","f1":2}\n'],
] as const) {
  test(`${name} that holds ${JSON.stringify(text)} is told`, async (t) => {
    const path = write(`bad-${t.title.replace(/\W+/g, '-')}`, { [name]: text });
    await t.throwsAsync(readRunFolder(path), {
      code: 'ERR_RUN',
      message: new RegExp(`^Expected .*${name.replace('.', '\\.')}.*; train or evaluate the run again\\.$`),
    });
  });
}
