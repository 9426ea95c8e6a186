/** Which tokens take the same row of a table, side by side: by groups the gradient of such a table is summed. */
export interface RowGroups<Numbers> {
  /** [tokens]: the tokens, those of a group side by side, in their order; behind all groups those of none. */
  readonly order: Numbers;
  /** [tokens + 1]: where each group begins in `order`, and the last one ends. There are as many as tokens, most of them empty. */
  readonly starts: Numbers;
  /** [tokens]: the row of each group, counted from 1; 0 for an empty one. */
  readonly rows: Numbers;
}

/** Groups the first `count` of some tokens by the row that each takes, in the order in which rows first appear. */
export function groupByRow(indices: Int32Array, count: number): RowGroups<Int32Array> {
  const tokens = indices.length;
  const starts = new Int32Array(tokens + 1).fill(count);
  const rows = new Int32Array(tokens);
  const groupOf = new Map<number, number>();
  const groups = Int32Array.from(indices.subarray(0, count), (row) => {
    const group = groupOf.get(row) ?? groupOf.size;
    groupOf.set(row, group);
    rows[group] = row + 1;
    return group;
  });
  const sizes = new Int32Array(groupOf.size);
  for (const group of groups) sizes[group] = (sizes[group] ?? 0) + 1;
  let start = 0;
  sizes.forEach((size, group) => {
    starts[group] = start;
    start += size;
  });
  const next = starts.slice();
  const order = Int32Array.from(indices.keys());
  groups.forEach((group, token) => {
    const place = next[group] ?? 0;
    order[place] = token;
    next[group] = place + 1;
  });
  return { order, starts, rows };
}
