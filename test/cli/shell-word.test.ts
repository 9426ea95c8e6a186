import { execFileSync } from 'node:child_process';
import test from 'ava';
import { shellWord } from '../../src/cli/shell-word.js';

for (const word of ['runs/bert-mini', 'my runs/ü', "it's", '$HOME "x" `y`', '', '~', '*', 'a\\b', 'a\nb']) {
  test(`a shell reads what was meant: ${JSON.stringify(word)}`, (t) => {
    t.is(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' }), word);
  });
}

test('what needs no quotes has none', (t) => {
  t.is(shellWord('runs/bert-mini_2'), 'runs/bert-mini_2');
});
