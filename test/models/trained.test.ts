import { join } from 'node:path';
import test from 'ava';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { loadTrainedModel } from '../../src/models/trained.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from '../reader/tiny-model.js';

const folder = temporaryFolder();

/** A tiny model whose weights have more tensors beside its own. */
async function withMore(name: string, more: readonly string[]): Promise<string> {
  const dir = await writeTinyModel(join(folder, name));
  const path = join(dir, 'model.safetensors');
  const own = [...(await readSafetensors(path))].map(
    ([tensor, { shape, data }]) => [tensor, { shape, data: Float32Array.from(data, Number) }] as const,
  );
  const others = more.map((tensor) => [tensor, { shape: [2], data: Float32Array.of(1, 2) }] as const);
  await writeSafetensors(path, new Map([...own, ...others]));
  return dir;
}

test('weights of layers that the config leaves out are refused: answers would be without them', async (t) => {
  const dir = await withMore('deep', [
    'bert.encoder.layer.1.output.dense.bias',
    'bert.encoder.layer.1.output.dense.weight',
  ]);
  await t.throwsAsync(loadTrainedModel(dir), {
    code: 'ERR_CONFIG',
    message:
      /^Expected a config\.json that uses all .*deep, but .* 2 of .*\(bert\.encoder\.layer\.1\.output\.dense\..*\.$/,
  });
});

test('other heads, the pooler and the buffers of older checkpoints are left over as ever', async (t) => {
  const dir = await withMore('heads', [
    'bert.pooler.dense.bias',
    'cls.predictions.bias',
    'bert.embeddings.position_ids',
    'bert.embeddings.token_type_ids',
  ]);
  const { model, report } = await loadTrainedModel(dir);
  t.deepEqual([...report.unexpected].sort(), [
    'bert.embeddings.token_type_ids',
    'bert.pooler.dense.bias',
    'cls.predictions.bias',
  ]);
  model.dispose();
});
