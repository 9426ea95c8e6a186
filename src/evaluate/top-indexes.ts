/**
 * Indexes of the `count` largest values, largest first: what `np.argsort(values)[-1 : -count - 1 : -1]` of numpy gives,
 * without sorting the rest. numpy leaves the order of equal values open (it depends on the processor); here the higher
 * index comes first, which is numpy's answer with `kind="stable"`.
 *
 * @returns fewer than `count` where there are fewer values, or null where a value is no number or +infinity
 */
export function topIndexes(values: Float32Array, count: number): number[] | null {
  const indexes: number[] = [];
  // The least of those kept, once there are enough: nearly every value stops at one comparison with it. Until then NaN,
  // which stops none.
  let least = NaN;
  // From the end, so that of equal values the higher index is there first and stays.
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index];
    if (value <= least) continue;
    if (!(value < Infinity)) return null;
    let place = Math.min(indexes.length, count - 1);
    for (; place > 0 && values[indexes[place - 1]] < value; place--) indexes[place] = indexes[place - 1];
    indexes[place] = index;
    if (indexes.length === count) least = values[indexes[count - 1]];
  }
  return indexes;
}
