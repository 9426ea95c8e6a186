import { LayerNorm } from '../nn/layer-norm.js';
import type { Module, Parameter } from '../nn/module.js';

/**
 * The parameters that weight decay leaves alone: biases, and all of LayerNorm. They are those that transformers'
 * `Trainer.get_decay_parameter_names` (4.46.3) leaves out.
 */
export function parametersWithoutDecay(model: Module): Set<Parameter> {
  const found = new Set<Parameter>();
  for (const [name, parameter] of model.namedParameters()) if (name.includes('bias')) found.add(parameter);
  for (const norm of layerNorms(model)) for (const parameter of norm.parameters()) found.add(parameter);
  return found;
}

function* layerNorms(module: Module): Generator<LayerNorm> {
  if (module instanceof LayerNorm) yield module;
  for (const [, child] of module.namedChildren()) yield* layerNorms(child);
}
