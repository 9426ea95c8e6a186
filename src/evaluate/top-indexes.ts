/**
 * Indexes of the `count` largest values, largest first: what `np.argsort(values)[-1 : -count - 1 : -1]` of numpy gives,
 * without sorting the rest. numpy leaves the order of equal values open (it depends on the processor); here the higher
 * index comes first, which is numpy's answer with `kind="stable"`.
 *
 * @returns fewer than `count` where there are fewer values, or null where a value is no number or +infinity
 */
export function topIndexes(values: Float32Array, count: number): Int32Array | null {
  const kept = Math.min(count, values.length);
  const indexes = new Int32Array(kept);
  const largest = new Float32Array(kept);
  let filled = 0;
  // The least of those kept: nearly every value stops at one comparison with it.
  let least = -Infinity;
  // From the end, so that of equal values the higher index is there first and stays.
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index];
    if (filled === kept && value <= least) continue;
    if (!(value < Infinity)) return null;
    let place = filled < kept ? filled++ : kept - 1;
    for (; place > 0 && largest[place - 1] < value; place--) {
      largest[place] = largest[place - 1];
      indexes[place] = indexes[place - 1];
    }
    largest[place] = value;
    indexes[place] = index;
    if (filled === kept) least = largest[kept - 1];
  }
  return indexes;
}
