import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import { Module } from './module.js';

/** `torch.nn.Dropout`: in training, zeroes each element with probability `p` and scales the others by 1 / (1 - p). */
export class Dropout extends Module {
  constructor(private readonly p: number) {
    super();
  }

  forward(input: Tensor): Tensor {
    return new Tensor(native.dropout(input.handle, this.p, this.training));
  }
}
