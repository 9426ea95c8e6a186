import { full, tensor } from '../create.js';
import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import type { SpanLogits } from './reader-model.js';

/** Splits the head's output [batch, length, 2] into start and end logits. */
export function splitLogits(logits: Tensor): SpanLogits {
  const [startLogits, endLogits] = logits.split(1, -1).map((part) => part.squeeze(-1)) as [Tensor, Tensor];
  return { startLogits, endLogits };
}

/** Splits the head's output for packed rows, [tokens, 2], into rows as long as the longest, -Infinity past their ends. */
export function splitPackedLogits(logits: Tensor, lengths: readonly number[]): SpanLogits {
  const longest = Math.max(...lengths);
  const places = lengths.flatMap((length, row) => Array.from({ length }, (_, at) => row * longest + at));
  const { device } = logits;
  const padded = full([lengths.length * longest, 2], -Infinity, { device }).indexCopy(
    0,
    tensor(Int32Array.from(places), undefined, { device }),
    logits.to('float32'),
  );
  return splitLogits(padded.view(lengths.length, longest, 2));
}

/**
 * The mean of the cross entropies of start and end over all positions of the batch, padding included, as in the
 * notebook and in transformers. Positions (int64 [batch]) past the end are ignored.
 * @param labelSmoothing `torch.nn.CrossEntropyLoss`'s `label_smoothing`
 */
export function spanLoss(
  { startLogits, endLogits }: SpanLogits,
  startPositions: Tensor,
  endPositions: Tensor,
  labelSmoothing = 0,
): Tensor {
  const ignoredIndex = startLogits.size(1);
  const loss = (logits: Tensor, positions: Tensor) =>
    new Tensor(
      native.crossEntropy(
        logits.handle,
        positions.clamp(0, ignoredIndex).handle,
        ignoredIndex,
        labelSmoothing,
      ),
    );
  return loss(startLogits, startPositions).add(loss(endLogits, endPositions)).div(2);
}
