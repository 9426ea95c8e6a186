import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadModel, saveModel } from '../../src/models/folder.js';
import { modelKind, modelNames } from '../../src/models/index.js';
import { manualSeed } from '../../src/random.js';

const folder = mkdtempSync(join(tmpdir(), 'folder-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

/** Settings of small models, in the form of config.json. */
const small: Record<string, Record<string, unknown>> = {
  'bert-mini': {
    vocab_size: 30,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 8,
  },
  lstm: { vocab_size: 30, dim: 8 },
  transformer: { vocab_size: 30, dim: 8, num_heads: 2 },
};

async function saved(name: string, dir: string) {
  const kind = modelKind(name);
  const config = kind.parseConfig(small[name] ?? {}, 'test');
  manualSeed(1);
  const model = kind.create(config);
  await saveModel(dir, kind, config, model);
  return { kind, config, model };
}

for (const name of modelNames) {
  test.serial(`${name} is read back as it was saved`, async (t) => {
    const dir = join(folder, name);
    const { kind, config, model } = await saved(name, dir);
    const loaded = await loadModel(dir);
    t.is(loaded.kind, kind);
    t.deepEqual(loaded.config, config);
    t.deepEqual(loaded.report, { missing: [], unexpected: [] });
    const [before, after] = [model, loaded.model].map(
      (each) => new Map([...each.namedParameters()].map(([key, value]) => [key, value.toFloat32Array()])),
    );
    t.deepEqual(after, before);
    t.true(loaded.model.parameters().every((parameter) => parameter.requiresGrad));
  });
}

test('the presets have the sizes of the notebook', (t) => {
  const counts = modelNames.map((name) => {
    const kind = modelKind(name);
    const model = kind.create(kind.preset(30522));
    const count = model.numParameters();
    model.dispose();
    return [name, count];
  });
  t.deepEqual(Object.fromEntries(counts), {
    'bert-mini': 11_105_282,
    lstm: 28_167_170,
    transformer: 28_956_418,
  });
});

test('what is missing or does not fit is named', async (t) => {
  const dir = join(folder, 'damaged');
  await saved('lstm', dir);
  const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as object;
  const withConfig = (changes: object) => {
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...config, ...changes }));
  };
  withConfig({ dim: 16 });
  await t.throwsAsync(loadModel(dir), {
    code: 'ERR_STATE_SHAPE',
    message: /embedding\.weight of shape \[30, 16\], got \[30, 8\]/,
  });
  withConfig({ dim: 'eight' });
  await t.throwsAsync(loadModel(dir), {
    code: 'ERR_CONFIG',
    message: /positive whole number as "dim" .* got "eight"/,
  });
  withConfig({ model_type: 'gpt2' });
  await t.throwsAsync(loadModel(dir), { code: 'ERR_CONFIG', message: /got "gpt2"/ });
  writeFileSync(join(dir, 'config.json'), '{"model_type":');
  await t.throwsAsync(loadModel(dir), { code: 'ERR_CONFIG', message: /could not be read/ });

  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await t.throwsAsync(loadModel(empty), { code: 'ERR_CONFIG' });
  writeFileSync(join(empty, 'config.json'), JSON.stringify({ model_type: 'bert', ...small['bert-mini'] }));
  await t.throwsAsync(loadModel(empty), { code: 'ERR_NO_WEIGHTS' });
});
