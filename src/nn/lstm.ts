import { arange, empty } from '../create.js';
import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import * as init from './init.js';
import { Module, Parameter } from './module.js';

/**
 * `torch.nn.LSTM` of one layer and one direction over a padded batch of rows of different lengths, as the notebook
 * uses it: `pack_padded_sequence(batch_first=True, enforce_sorted=False)`, the LSTM, `pad_packed_sequence`.
 */
export class LSTM extends Module {
  /** [4 * hiddenSize, inputSize]: input, forget, cell and output gate. */
  readonly weight_ih_l0: Parameter;
  /** [4 * hiddenSize, hiddenSize] */
  readonly weight_hh_l0: Parameter;
  readonly bias_ih_l0: Parameter;
  readonly bias_hh_l0: Parameter;

  constructor(inputSize: number, hiddenSize: number) {
    super();
    this.weight_ih_l0 = new Parameter(empty([4 * hiddenSize, inputSize]));
    this.weight_hh_l0 = new Parameter(empty([4 * hiddenSize, hiddenSize]));
    this.bias_ih_l0 = new Parameter(empty([4 * hiddenSize]));
    this.bias_hh_l0 = new Parameter(empty([4 * hiddenSize]));
    const bound = 1 / Math.sqrt(hiddenSize);
    for (const parameter of this.parameters()) init.uniform_(parameter, -bound, bound);
  }

  /**
   * @param input [batch, length, inputSize], rows padded on the right
   * @param lengths int64 [batch]: how much of each row counts, at least 1
   * @returns [batch, longest, hiddenSize], zero past a row's length; `longest` is that of this batch
   */
  forward(input: Tensor, lengths: Tensor): Tensor {
    const [sorted, order] = lengths.toDevice('cpu').sort(0, true);
    const sortedIndices = order.toDevice(input.device);
    const [data, batchSizes] = native
      .packPaddedSequence(input.indexSelect(0, sortedIndices).handle, sorted.handle, true)
      .map(own) as [Tensor, Tensor];

    const parameters = [this.weight_ih_l0, this.weight_hh_l0, this.bias_ih_l0, this.bias_hh_l0];
    const output = own(
      native.lstm(
        data.handle,
        batchSizes.handle,
        parameters.map((parameter) => parameter.handle),
        this.training,
      ),
    );

    const longest = batchSizes.size(0);
    const [padded] = native.padPackedSequence(output.handle, batchSizes.handle, true, longest).map(own) as [
      Tensor,
      Tensor,
    ];
    return padded.indexSelect(0, invertPermutation(sortedIndices));
  }
}

function own(handle: ConstructorParameters<typeof Tensor>[0]): Tensor {
  return new Tensor(handle);
}

function invertPermutation(permutation: Tensor): Tensor {
  const device = permutation.device;
  const inverse = empty(permutation.shape, { dtype: 'int64', device });
  return inverse.scatter_(0, permutation, arange(permutation.size(0), { device }));
}
