import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tensor } from '../create.js';
import { QaError, messageOf } from '../errors.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';
import { writeSafetensors } from '../formats/safetensors.js';
import type { StoredTensor } from '../formats/stored-tensor.js';
import { readWeights } from '../formats/weights.js';
import { byColumns } from '../nn/module.js';
import { tidy } from '../scope.js';
import type { Tensor } from '../tensor.js';
import { modelKindOfType, modelNames, type AnyModelKind } from './index.js';
import type { LoadReport } from './load-report.js';
import type { ReaderModel } from './reader-model.js';

/** A model with what its config.json said. */
export interface LoadedModel {
  readonly kind: AnyModelKind;
  readonly config: object;
  readonly model: ReaderModel;
  readonly report: LoadReport;
}

/** Reads and checks a folder's config.json (Hugging Face's layout) without touching the weights. */
export async function readModelConfig(dir: string): Promise<{ kind: AnyModelKind; config: object }> {
  const path = join(dir, 'config.json');
  const json = await readJson(path);
  const modelType = json['model_type'] ?? 'bert';
  const kind = modelKindOfType(modelType);
  if (kind === undefined) {
    throw new QaError(
      `Expected the "model_type" of one of ${modelNames.join(', ')} in ${path}, got ${JSON.stringify(modelType)}; ` +
        'give the folder of such a model.',
      'ERR_CONFIG',
    );
  }
  return { kind, config: kind.parseConfig(json, path) };
}

/** Loads `config.json` and the weights: `model.safetensors`, else `pytorch_model.bin`. */
export async function loadModel(dir: string): Promise<LoadedModel> {
  const { kind, config } = await readModelConfig(dir);
  const stored = await readWeights(dir);
  return tidy(() => {
    // Tied tensors are one array, and become one tensor.
    const arrays = new Set(stored.values());
    const tensors = new Map([...arrays].map((array) => [array, toTensor(array)]));
    const state = new Map([...stored].map(([name, array]) => [name, tensors.get(array) as Tensor]));
    return { kind, config, ...kind.load(config, state) };
  });
}

function toTensor(stored: StoredTensor): Tensor {
  const made = tensor(stored.data, stored.shape);
  return stored.byColumns === true ? byColumns(made) : made;
}

/** Writes `model.safetensors` and `config.json`, each whole or not at all. */
export async function saveModel(
  dir: string,
  kind: AnyModelKind,
  config: object,
  model: ReaderModel,
): Promise<void> {
  const weights = new Map(
    [...model.namedParameters()].map(([name, parameter]) => [
      name,
      { shape: parameter.shape, data: parameter.toFloat32Array() },
    ]),
  );
  await writeSafetensors(join(dir, 'model.safetensors'), weights);
  await writeJsonAtomic(join(dir, 'config.json'), kind.toJson(config));
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
    throw new Error('it is not a JSON object');
  } catch (error) {
    throw new QaError(
      `Expected a model's settings in ${path}, but they could not be read (${messageOf(error)}); ` +
        'give a folder in Hugging Face layout.',
      'ERR_CONFIG',
      { cause: error },
    );
  }
}
