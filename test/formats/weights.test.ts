import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { readWeights } from '../../src/formats/weights.js';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/formats/torch-bin/${name}`, import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'weights-'));
test.after.always(() => {
  rmSync(root, { recursive: true });
});

function folder(name: string): string {
  const dir = join(root, name);
  mkdirSync(dir);
  return dir;
}

const one = { shape: [1], data: Float32Array.of(1) };

test('model.safetensors goes before pytorch_model.bin, which goes before shards', async (t) => {
  const dir = folder('all');
  const index = { weight_map: { bias: 'part.bin' } };
  writeFileSync(join(dir, 'pytorch_model.bin.index.json'), JSON.stringify(index));
  copyFileSync(fixture('python2.bin'), join(dir, 'part.bin'));
  t.deepEqual([...(await readWeights(dir)).keys()], ['weight']);
  copyFileSync(fixture('small-stream-2.bin'), join(dir, 'pytorch_model.bin'));
  t.deepEqual([...(await readWeights(dir)).keys()], ['weight', 'bias']);
  await writeSafetensors(join(dir, 'model.safetensors'), new Map([['only', one]]));
  t.deepEqual([...(await readWeights(dir)).keys()], ['only']);
});

test('shards are put together', async (t) => {
  const dir = folder('shards');
  await writeSafetensors(join(dir, 'a.safetensors'), new Map([['x', one]]));
  await writeSafetensors(
    join(dir, 'b.safetensors'),
    new Map([
      ['y', one],
      ['z', one],
    ]),
  );
  const index = { metadata: {}, weight_map: { x: 'a.safetensors', y: 'b.safetensors', z: 'b.safetensors' } };
  writeFileSync(join(dir, 'model.safetensors.index.json'), JSON.stringify(index));
  t.deepEqual([...(await readWeights(dir)).keys()], ['x', 'y', 'z']);
});

test('a folder without weights, and an index that leads elsewhere, are refused in a sentence', async (t) => {
  const dir = folder('none');
  await t.throwsAsync(readWeights(dir), {
    code: 'ERR_NO_WEIGHTS',
    message: /neither is there; give a folder/,
  });
  const index = join(dir, 'model.safetensors.index.json');
  for (const [text, reason] of [
    ['{"weight_map": {"x": "../elsewhere"}}', /it names "\.\.\/elsewhere"/],
    ['{"weight_map": {"x": 3}}', /it names 3/],
    ['{}', /could not be read/],
    ['{', /could not be read/],
  ] as const) {
    writeFileSync(index, text);
    await t.throwsAsync(readWeights(dir), { code: 'ERR_WEIGHTS_INDEX', message: reason });
  }
});
