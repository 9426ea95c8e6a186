/** Entries joined to a part: one by one they would be as many writes. */
const entriesOfPart = 1000;

/**
 * The JSON of an object from its entries, part by part, in the form of `writeJsonAtomic`. In their order: an object would
 * put names that are numbers first. And however much it is: the engine has no text of more than half a gigabyte.
 */
export function* jsonOfEntries(
  entries: Iterable<readonly [name: string, value: unknown]>,
): Generator<string> {
  let part = '{';
  let count = 0;
  for (const [name, value] of entries) {
    const json = JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
    part += `${count === 0 ? '' : ','}\n  ${JSON.stringify(name)}: ${json}`;
    count += 1;
    if (count % entriesOfPart > 0) continue;
    yield part;
    part = '';
  }
  yield `${part}${count === 0 ? '' : '\n'}}\n`;
}
