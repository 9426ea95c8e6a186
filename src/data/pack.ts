import type { Feature } from './examples.js';

/** Rows one after the other, without padding. */
export interface PackedBatch {
  /** Tokens of each row, in their order; where the batch was filled up, the last row is what fills it. */
  readonly lengths: readonly number[];
  /** [tokens] */
  readonly inputIds: Int32Array;
  /** [tokens]: 0 for the question, 1 for the context. */
  readonly tokenTypeIds: Int32Array;
  /** [tokens]: from 0 in each row. */
  readonly positionIds: Int32Array;
  /** [tokens]: where each token is among rows of `longest` positions. */
  readonly places: Int32Array;
  /** [rows * longest]: the token at each of these positions, the number of tokens where there is none. */
  readonly tokenAt: Int32Array;
  /** [rows + 1]: where each row begins, and the last one ends. */
  readonly boundaries: Int32Array;
  /** Positions of the longest row, or more. */
  readonly longest: number;
}

/** The arrays of a packed batch. */
export type PackedArray = Exclude<keyof PackedBatch, 'lengths' | 'longest'>;

type Row = Pick<Feature, 'inputIds' | 'contextStart'>;

/** Packs features. */
export function pack(rows: readonly Row[], longest = longestOf(rows)): PackedBatch {
  const lengths = rows.map(({ inputIds }) => inputIds.length);
  const boundaries = new Int32Array(rows.length + 1);
  lengths.forEach((length, row) => {
    boundaries[row + 1] = (boundaries[row] ?? 0) + length;
  });
  const tokens = boundaries[rows.length] ?? 0;
  const [inputIds, tokenTypeIds, positionIds, places] = Array.from(
    { length: 4 },
    () => new Int32Array(tokens),
  ) as [Int32Array, Int32Array, Int32Array, Int32Array];
  const tokenAt = new Int32Array(rows.length * longest).fill(tokens);
  rows.forEach((feature, row) => {
    const start = boundaries[row] ?? 0;
    const end = boundaries[row + 1] ?? 0;
    inputIds.set(feature.inputIds, start);
    tokenTypeIds.fill(1, start + feature.contextStart, end);
    for (let at = start; at < end; at += 1) {
      positionIds[at] = at - start;
      const place = row * longest + at - start;
      places[at] = place;
      tokenAt[place] = at;
    }
  });
  return { lengths, inputIds, tokenTypeIds, positionIds, places, tokenAt, boundaries, longest };
}

/**
 * Packs features and fills up to the next multiple of `step` tokens with a row of padding, which nothing else sees, so that few
 * numbers of tokens occur. `longest` is at least `step`; there may be fewer tokens in all.
 */
export function packAndFill(
  rows: readonly Row[],
  step: number,
  longest = Math.max(step, longestOf(rows)),
): PackedBatch {
  const tokens = rows.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  // One token at least: the number of rows is always the same, and none is empty.
  const fill = step - (tokens % step);
  const filling = { inputIds: new Int32Array(fill), contextStart: fill };
  return pack([...rows, filling], Math.min(longest, tokens + fill));
}

function longestOf(rows: readonly Row[]): number {
  return rows.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0);
}
