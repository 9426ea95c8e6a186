import { empty } from '../create.js';
import type { RowGroups } from '../data/row-groups.js';
import { native } from '../native.js';
import { noGrad } from '../scope.js';
import { Tensor } from '../tensor.js';
import * as init from './init.js';
import { kernels } from './kernels.js';
import { Module, Parameter } from './module.js';

/** `torch.nn.Embedding`: rows of a table by int64 indices [...], giving [..., embeddingDim]. */
export class Embedding extends Module {
  /** [numEmbeddings, embeddingDim] */
  readonly weight: Parameter;
  private readonly paddingIdx: number | null;

  /** @param paddingIdx row that starts at zero and gets no gradient, counted from the last where it is negative; null for none */
  constructor(numEmbeddings: number, embeddingDim: number, paddingIdx: number | null = null) {
    super();
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? numEmbeddings + paddingIdx : paddingIdx;
    this.weight = new Parameter(empty([numEmbeddings, embeddingDim]));
    init.normal_(this.weight);
    this.zeroPadding();
  }

  /** Sets the padding row to zero, as every initialisation does after its draws. */
  zeroPadding(): void {
    const row = this.paddingIdx;
    if (row === null) return;
    noGrad(() => {
      const view = this.weight.narrow(0, row, 1);
      view.fill_(0).dispose();
    });
  }

  /** @param groups the tokens of the indices [tokens] that have a gradient, by their rows: what sums it quickly on a GPU */
  forward(indices: Tensor, groups?: RowGroups<Tensor>): Tensor {
    const { handle } = this.weight;
    const paddingIdx = this.paddingIdx ?? -1;
    if (groups !== undefined) {
      const { order, starts, rows } = groups;
      return new Tensor(
        native.groupedEmbedding(handle, indices.handle, order.handle, starts.handle, rows.handle, paddingIdx),
      );
    }
    const { fast, sparse } = kernels();
    const embedding = sparse ? native.sparseEmbedding : fast ? native.fastEmbedding : native.embedding;
    return new Tensor(embedding(handle, indices.handle, paddingIdx));
  }
}
