import { tensor } from '../../src/create.js';
import type { Sequences } from '../../src/nn/packed.js';
import type { Device } from '../../src/tensor.js';

/** Sequences of some lengths, one after the other. */
export function sequencesOf(lengths: readonly number[], device: Device = 'cpu'): Sequences {
  let end = 0;
  const boundaries = tensor([0, ...lengths.map((length) => (end += length))], undefined, {
    dtype: 'int32',
    device,
  });
  return { lengths, boundaries, longest: Math.max(...lengths) };
}
