import { join } from 'node:path';
import test from 'ava';
import { qaNative, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const train = ['train', 'bert-mini', '--dataset', 'sample', '--config-name', writeTinyConfig(folder)];
const few = ['--max-train-samples', '20', '--max-steps', '3', '--json'];

for (const flag of ['--fast', '--bf16']) {
  test(`${flag} trains and evaluates, twice to the same numbers`, async (t) => {
    const run = async (name: string) => {
      const dir = join(folder, flag, name);
      const { code, stdout, stderr } = await qaNative(...train, ...few, flag, '--output-dir', dir);
      t.is(code, 0, stderr);
      return { dir, results: JSON.parse(stdout) as Record<string, unknown> };
    };
    const [first, second] = [await run('first'), await run('second')];
    t.is(typeof first.results['train_loss'], 'number');
    t.is(first.results['train_loss'], second.results['train_loss']);
    const again = await qaNative('eval', '--model-dir', first.dir, '--dataset', 'sample', flag, '--json');
    t.is((JSON.parse(again.stdout) as Record<string, unknown>)['f1'], first.results['f1']);
  });
}

test('--tf32 on a CPU is refused with what to try', async (t) => {
  const { code, stderr } = await qaNative(...train, ...few, '--device', 'cpu', '--tf32');
  t.is(code, 2);
  t.regex(stderr, /Expected a GPU for --tf32, got the CPU, .*--bf16/);
});
