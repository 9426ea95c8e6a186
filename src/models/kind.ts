import { QaError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import type { LoadReport } from './load-report.js';
import type { ReaderModel } from './reader-model.js';

/** All that the registry knows of a kind of model; what a new model has to bring. */
export interface ModelKind<Config> {
  /** One line for `--help` and tables. */
  readonly description: string;
  /** `model_type` in config.json, by which a saved model is recognised. */
  readonly modelType: string;
  /** The sizes of a model that starts from random weights. */
  preset(vocabSize: number): Config;
  /** Checks a parsed config.json; `source` names it in errors. */
  parseConfig(json: Record<string, unknown>, source: string): Config;
  /** What config.json says of a saved model. */
  toJson(config: Config): object;
  /** A model with newly drawn weights. */
  create(config: Config): ReaderModel;
  /** A model with a checkpoint's weights. */
  load(config: Config, state: ReadonlyMap<string, Tensor>): { model: ReaderModel; report: LoadReport };
}

/**
 * Loads a model whose checkpoint must hold every parameter. It is initialised first, as in Python, where a module is
 * built before `load_state_dict`: what is drawn afterwards is what Python draws.
 */
export function loadWhole(
  build: () => ReaderModel,
  state: ReadonlyMap<string, Tensor>,
): { model: ReaderModel; report: LoadReport } {
  const model = build();
  const report = model.loadStateDict(state);
  if (report.missing.length > 0) {
    throw new QaError(
      `Expected a checkpoint with every parameter of the model, but it lacks ${report.missing.join(', ')}; ` +
        'give one that this model was saved to.',
      'ERR_STATE_MISSING',
    );
  }
  return { model, report };
}

/** Reads positive whole numbers of the given names from a parsed config.json. */
export function parseSizes<Name extends string>(
  json: Record<string, unknown>,
  source: string,
  names: readonly Name[],
): Record<Name, number> {
  const entries = names.map((name) => {
    const value = json[name];
    if (!Number.isInteger(value) || (value as number) < 1) {
      throw new QaError(
        `Expected a positive whole number as "${name}" in ${source}, got ${JSON.stringify(value)}; give the config.json of such a model.`,
        'ERR_CONFIG',
      );
    }
    return [name, value];
  });
  return Object.fromEntries(entries) as Record<Name, number>;
}
