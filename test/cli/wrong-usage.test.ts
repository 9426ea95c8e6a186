import test from 'ava';
import { qaNativeWith } from './run.js';

const cases: readonly (readonly [words: string, expected: string])[] = [
  ['', 'Expected a command, but none came; see `qa-native --help`.'],
  [
    'predcit --question Who',
    'Expected a command first, got predcit (perhaps predict); see `qa-native --help`.',
  ],
  ['--json train lstm', 'Expected a command first, got --json; see `qa-native --help`.'],
  ['setup again', 'Expected what `qa-native setup` takes, got again; see `qa-native setup --help`.'],
  [
    'train lstm --learning_rte=1 --no-evla --json',
    'Expected what `qa-native train` takes, got --learning-rte (perhaps --learning-rate), --no-evla (perhaps --no-eval); see `qa-native train --help`.',
  ],
  [
    'train lstm --do_train --dataset_name squad --no_cuda',
    'Expected what `qa-native train` takes, got --do-train (here: the command train), --dataset-name (here: --dataset), --no-cuda (here: --device cpu); see `qa-native train --help`.',
  ],
  ['eval --model_dir', 'Expected a value after --model-dir, but none came; see `qa-native eval --help`.'],
  [
    'eval --model_dir=',
    'Expected a value after --model-dir, got an empty one; give one, or leave the flag out.',
  ],
  ['score', 'Expected --predictions and --validation-file to be given; see `qa-native score --help`.'],
  [
    'report',
    'Expected `qa-native report <runs..>`, but nothing came to put there; see `qa-native report --help`.',
  ],
  [
    'features --file f --output o --split dev',
    'Expected --split to be one of train, validation, got "dev"; see `qa-native features --help`.',
  ],
];

for (const [words, expected] of cases) {
  test(`wrong usage: qa-native ${words}`, async (t) => {
    const german = { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' };
    const { code, stderr, stdout } = await qaNativeWith(
      german,
      ...words.split(' ').filter((word) => word !== ''),
    );
    t.is(stderr, `qa-native: ${expected}\n`);
    t.is(stdout, '');
    t.is(code, 2);
  });
}
