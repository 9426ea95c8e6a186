import type { Example, Feature } from '../src/data/examples.js';
import type { RawPredictions } from '../src/evaluate/predict.js';

/** A small generator (xorshift32) of numbers in [0, 1): the logits need no better one. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Random logits, all different or many equal, raised at the first answer's tokens of most windows, so that the scores
 * are those of a fair reader.
 *
 * @returns the rows, and what they are views of: start rows, then end rows
 */
export function randomLogits(
  kind: 'random' | 'equal',
  examples: readonly Example[],
  features: readonly Feature[],
  length: number,
): { readonly flat: Float32Array; readonly logits: RawPredictions } {
  const random = generator(20_160_616);
  const draw = kind === 'random' ? () => random() * 8 : () => Math.floor(random() * 6);
  const flat = new Float32Array(2 * features.length * length).map(draw);
  const rows = (first: number): Float32Array[] =>
    features.map((_, row) => flat.subarray((first + row) * length, (first + row + 1) * length));
  const logits = { start: rows(0), end: rows(features.length) };
  features.forEach(({ exampleIndex, startPosition, endPosition }, row) => {
    if (startPosition === 0 || examples[exampleIndex].answers.length === 0 || random() < 0.3) return;
    logits.start[row][startPosition] += 6;
    logits.end[row][endPosition] += 6;
  });
  return { flat, logits };
}
