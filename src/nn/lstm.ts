import { arange, cat, empty, tensor, zeros } from '../create.js';
import { QaError } from '../errors.js';
import { native } from '../native.js';
import { Tensor, type Device } from '../tensor.js';
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
    this.#expectFeatures(input);
    const [sorted, order] = lengths.toDevice('cpu').sort(0, true);
    const sortedIndices = order.toDevice(input.device);
    const [data, batchSizes] = native
      .packPaddedSequence(input.indexSelect(0, sortedIndices).handle, sorted.handle, true)
      .map(own) as [Tensor, Tensor];

    const output = own(native.lstm(data.handle, batchSizes.handle, this.#handles, this.training));

    const longest = batchSizes.size(0);
    const [padded] = native.padPackedSequence(output.handle, batchSizes.handle, true, longest).map(own) as [
      Tensor,
      Tensor,
    ];
    return padded.indexSelect(0, invertPermutation(sortedIndices));
  }

  /** The same for packed rows, [tokens, inputSize]: the longest row first, step by step. */
  forwardPacked(input: Tensor, lengths: readonly number[]): Tensor {
    this.#expectFeatures(input);
    const { toSteps, toRows, blocks } = planSteps(lengths);
    if (blocks.length === 0 || toSteps.length !== input.size(0)) {
      throw new QaError(
        `Expected rows of ${input.size(0)} tokens in all, got [${lengths.join(', ')}]; give each token's row a length.`,
        'ERR_TENSOR_SHAPE',
      );
    }
    const steps = input.indexSelect(0, indexTensor(toSteps, input.device));
    const output = input.device === 'cpu' ? this.#inBlocks(steps, blocks) : this.#atOnce(steps, blocks);
    return output.indexSelect(0, indexTensor(toRows, input.device));
  }

  /** For a GPU: cuDNN takes rows that end one by one, and copies all weights at each call. */
  #atOnce(steps: Tensor, blocks: readonly StepBlock[]): Tensor {
    const rows = blocks.flatMap(({ rows, length }) => Array<number>(length).fill(rows));
    const batchSizes = tensor(BigInt64Array.from(rows, BigInt));
    return own(native.lstm(steps.handle, batchSizes.handle, this.#handles, this.training));
  }

  /**
   * For the CPU, since oneDNN has a fast LSTM for rows of one length: as many rows as still go on are one of the steps until
   * the next one ends, so at most one for each row.
   */
  #inBlocks(steps: Tensor, blocks: readonly StepBlock[]): Tensor {
    const width = this.weight_hh_l0.size(1);
    let state = [0, 1].map(() => zeros([1, blocks[0].rows, width]));
    let start = 0;
    const outputs = blocks.map(({ rows, length }) => {
      const block = steps.narrow(0, start, rows * length).view(length, rows, -1);
      start += rows * length;
      const begin = state.map((part) => part.narrow(1, 0, rows).contiguous().handle);
      const [output, ...after] = native
        .denseLstm(block.handle, begin, this.#handles, this.training)
        .map(own) as [Tensor, Tensor, Tensor];
      state = after;
      return output.view(rows * length, width);
    });
    return cat(outputs);
  }

  /** oneDNN's LSTM takes the input's word for how wide the weights are. */
  #expectFeatures(input: Tensor): void {
    const inputSize = this.weight_ih_l0.size(1);
    if (input.size(-1) === inputSize) return;
    throw new QaError(
      `Expected an input of ${inputSize} features, got one of shape [${input.shape.join(', ')}]; make the layer as wide as that.`,
      'ERR_TENSOR_SHAPE',
    );
  }

  get #handles() {
    const parameters = [this.weight_ih_l0, this.weight_hh_l0, this.bias_ih_l0, this.bias_hh_l0];
    return parameters.map(({ handle }) => handle);
  }
}

/** Steps that equally many rows go on for. */
interface StepBlock {
  readonly rows: number;
  readonly length: number;
}

/** The order of packed rows' tokens by step, longest row first, the way back, and the blocks of steps with equally many rows. */
function planSteps(lengths: readonly number[]) {
  const starts = lengths.map((_, row) => lengths.slice(0, row).reduce((sum, length) => sum + length, 0));
  const order = [...lengths.keys()].sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const toSteps: number[] = [];
  const blocks: { rows: number; length: number }[] = [];
  for (let step = 0; step < Math.max(...lengths); step += 1) {
    const going = order.filter((row) => step < (lengths[row] ?? 0));
    toSteps.push(...going.map((row) => (starts[row] ?? 0) + step));
    const block = blocks.at(-1);
    if (block?.rows === going.length) block.length += 1;
    else blocks.push({ rows: going.length, length: 1 });
  }
  const toRows = new Int32Array(toSteps.length);
  for (const [index, token] of toSteps.entries()) toRows[token] = index;
  return { toSteps: Int32Array.from(toSteps), toRows, blocks };
}

function indexTensor(indices: Int32Array, device: Device): Tensor {
  return tensor(indices, undefined, { device });
}

function own(handle: ConstructorParameters<typeof Tensor>[0]): Tensor {
  return new Tensor(handle);
}

function invertPermutation(permutation: Tensor): Tensor {
  const device = permutation.device;
  const inverse = empty(permutation.shape, { dtype: 'int64', device });
  return inverse.scatter_(0, permutation, arange(permutation.size(0), { device }));
}
