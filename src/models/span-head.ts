import { native } from '../native.js';
import type { PackedTokens } from '../nn/packed.js';
import { Tensor } from '../tensor.js';
import type { SpanLogits } from './reader-model.js';

/** Splits the head's output [batch, length, 2] into start and end logits. */
export function splitLogits(logits: Tensor): SpanLogits {
  const [startLogits, endLogits] = logits.split(1, -1).map((part) => part.squeeze(-1)) as [Tensor, Tensor];
  return { startLogits, endLogits };
}

/** Splits the head's output for packed rows, [tokens, 2], into rows as long as the longest, -Infinity past their ends. */
export function splitPackedLogits(logits: Tensor, { sequences, rows }: PackedTokens): SpanLogits {
  const { lengths, longest, tokenAt, places } = sequences;
  const { handle } = logits.to('float32');
  const placed = new Tensor(native.unpackRows(handle, tokenAt.handle, places.handle, -Infinity));
  return splitLogits(placed.view(lengths.length, longest, 2).narrow(0, 0, rows));
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
