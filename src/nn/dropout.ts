import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import { kernels } from './kernels.js';
import { Module } from './module.js';

/** `torch.nn.Dropout`: in training, zeroes each element with probability `p` and scales the others by 1 / (1 - p). */
export class Dropout extends Module {
  constructor(readonly p: number) {
    super();
  }

  forward(input: Tensor): Tensor {
    const dropout = kernels().fast ? native.fastDropout : native.dropout;
    return new Tensor(dropout(input.handle, this.p, this.training));
  }
}
