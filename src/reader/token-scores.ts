import type { Feature } from '../data/examples.js';
import type { RawPredictions } from '../evaluate/predict.js';
import type { TokenScores } from './types.js';

/**
 * Lays the windows of one context over each other: every token once, with the best of its logits.
 * @param features all windows of the context, in order, two neighbours sharing `docStride` tokens
 */
export function tokenScores(
  features: readonly Feature[],
  logits: RawPredictions,
  docStride: number,
): TokenScores {
  const advance = features[0].offsets.length / 2 - docStride;
  const last = features.length - 1;
  const length = last * advance + features[last].offsets.length / 2;
  const offsets = new Int32Array(2 * length);
  const startLogits = new Float32Array(length).fill(-Infinity);
  const endLogits = new Float32Array(length).fill(-Infinity);
  features.forEach((feature, window) => {
    const first = window * advance;
    offsets.set(feature.offsets, 2 * first);
    for (let token = 0; token < feature.offsets.length / 2; token++) {
      const position = feature.contextStart + token;
      const at = first + token;
      startLogits[at] = Math.max(startLogits[at], logits.start[window][position]);
      endLogits[at] = Math.max(endLogits[at], logits.end[window][position]);
    }
  });
  return { offsets, startLogits, endLogits };
}
