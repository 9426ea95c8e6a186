import { tensor } from '../../src/create.js';
import { pack } from '../../src/data/pack.js';
import { biasOf, type Sequences } from '../../src/nn/packed.js';
import type { Device } from '../../src/tensor.js';

/** Sequences of some lengths, one after the other; as on a GPU where `withBias` says so. */
export function sequencesOf(
  lengths: readonly number[],
  device: Device = 'cpu',
  withBias = device !== 'cpu',
): Sequences {
  const rows = lengths.map((length) => ({ inputIds: new Int32Array(length), contextStart: 0 }));
  const { longest, boundaries, ...arrays } = pack(rows);
  const [places, tokenAt] = [arrays.places, arrays.tokenAt].map((array) =>
    tensor(array, undefined, { device }),
  );
  return {
    lengths,
    longest,
    boundaries: tensor(boundaries, undefined, { dtype: 'int32', device }),
    places,
    tokenAt,
    bias: withBias ? biasOf(tokenAt, lengths.length, places.size(0)) : null,
  };
}
