/** What `work` makes of each item, in their order. At most `most` are worked on at a time, those whose turn comes next. */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    // It is heard of in its turn, or where another failed before, never.
    result.catch(() => undefined);
    running.push(result);
    const first = running.length < most ? undefined : running.shift();
    if (first !== undefined) yield await first;
  }
  for (const result of running) yield await result;
}
