import test from 'ava';
import { howToScore } from '../../src/cli/what-next.js';

test('how a model is scored that was not is a command on the questions of its run', (t) => {
  const command = 'npx qa-native eval --model-dir runs/a --validation-file';
  const means = (end: string) => `the model in runs/a is whole, score it with: ${command} ${end}`;
  t.is(howToScore('runs/a', 'my dev.json', undefined), means("'my dev.json'"));
  t.is(howToScore('runs/a', 'dev.json', 7), means('dev.json --max-eval-samples 7'));
  t.is(howToScore('runs/a', undefined, undefined), means('…'));
});
