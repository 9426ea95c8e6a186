import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tensor } from '../create.js';
import { QaError, messageOf } from '../errors.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.js';
import { tidy } from '../scope.js';
import { modelKindOfType, modelNames, type AnyModelKind } from './index.js';
import type { LoadReport } from './kind.js';
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

/** Loads `config.json` and `model.safetensors`. */
export async function loadModel(dir: string): Promise<LoadedModel> {
  const { kind, config } = await readModelConfig(dir);
  const path = join(dir, 'model.safetensors');
  try {
    await access(path);
  } catch {
    throw new QaError(
      `Expected the weights at ${path}, but there is no such file; give a folder that holds them.`,
      'ERR_NO_WEIGHTS',
    );
  }
  const stored = await readSafetensors(path);
  return tidy(() => {
    const state = new Map([...stored].map(([name, { shape, data }]) => [name, tensor(data, shape)]));
    return { kind, config, ...kind.load(config, state) };
  });
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
