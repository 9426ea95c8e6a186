import { tensor } from '../create.js';
import { native } from '../native.js';
import { lowestFloat32 } from '../nn/padded-attention.js';
import { Tensor } from '../tensor.js';
import type { SpanLogits } from './reader-model.js';

/**
 * The cross entropy of the whole span: one softmax over every pair of a start and an end not before it, whose score is
 * the sum of both logits, where `spanLoss` has one softmax for starts and one for ends. The mean over the rows whose
 * answer is there; positions past the end, and a start after its end, are ignored. Logits [batch, length], positions
 * int64 [batch].
 */
export function jointSpanLoss(
  { startLogits, endLogits }: SpanLogits,
  startPositions: Tensor,
  endPositions: Tensor,
): Tensor {
  const [batch, length] = startLogits.shape;
  const pairs = length * length;
  const scores = startLogits
    .unsqueeze(2)
    .add(endLogits.unsqueeze(1))
    .add(notBefore(length, startLogits.device))
    .reshape(batch, pairs);
  // A row is left out where either end lies past the last position; unmarked, its pair would be one of the next start.
  const past = (positions: Tensor) =>
    positions
      .clamp(length - 1, length)
      .add(1 - length)
      .mul(pairs);
  const pair = startPositions
    .mul(length)
    .add(endPositions)
    .add(past(startPositions))
    .add(past(endPositions))
    // Some windows that cut an answer have such labels; no pair is theirs, and its score would be the lowest there is.
    .add(startPositions.sub(endPositions).clamp(0, 1).mul(pairs))
    .clamp(0, pairs);
  return new Tensor(native.crossEntropy(scores.handle, pair.handle, pairs, 0));
}

/** 0 where the end (column) is not before the start (row), else float32's lowest number. */
function notBefore(length: number, device: string): Tensor {
  const mask = Float32Array.from({ length: length * length }, (_, index) =>
    index % length < Math.floor(index / length) ? lowestFloat32 : 0,
  );
  return tensor(mask, [length, length], { device });
}
