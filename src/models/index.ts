import { UsageError } from '../errors.js';
import { bertMini } from './bert.js';
import type { ModelKind } from './kind.js';
import { lstm } from './lstm.js';
import { transformer } from './transformer.js';

/** A kind whose config type only itself knows: configs go in as they came out of the same kind. */
export type AnyModelKind = ModelKind<object>;

/** The models that `qa-native train` takes, by name. A new one is a file beside this and a line here. */
const kinds = { 'bert-mini': bertMini, lstm, transformer };

/** A model that `qa-native train` takes. */
export type ModelName = keyof typeof kinds;

/** The names of all models. */
export const modelNames = Object.keys(kinds) as ModelName[];

/**
 * What there is to know of a model, by its name.
 * @throws UsageError where no model bears it
 */
export function modelKind(name: string): AnyModelKind {
  if (Object.hasOwn(kinds, name)) return kinds[name as ModelName];
  throw new UsageError(`Expected a model of ${modelNames.join(', ')}, got "${name}".`);
}

/** The kind whose config.json bears this `model_type`. */
export function modelKindOfType(modelType: unknown): AnyModelKind | undefined {
  return modelNames.map(modelKind).find((kind) => kind.modelType === modelType);
}
