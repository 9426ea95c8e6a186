import test from 'ava';
import { jsonOfEntries } from '../../src/formats/json-entries.js';

const written = (entries: Iterable<readonly [string, unknown]>) => [...jsonOfEntries(entries)].join('');

test('is what JSON.stringify writes of the object', (t) => {
  const objects = [
    {},
    { a: 1 },
    { a: 'two\nlines', 'b"': [{ text: 'x', odds: -1.5 }, {}], c: [], d: null },
    Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`id ${index}`, [index]])),
  ];
  for (const object of objects) {
    t.is(written(Object.entries(object)), `${JSON.stringify(object, null, 2)}\n`);
  }
});

test('names that are numbers stay where they are', (t) => {
  t.is(
    written([
      ['10', 'a'],
      ['9', 'b'],
    ]),
    '{\n  "10": "a",\n  "9": "b"\n}\n',
  );
});

test('a large object comes in parts', (t) => {
  const entries = Array.from({ length: 5000 }, (_, index) => [`${index}`, ''] as const);
  t.is([...jsonOfEntries(entries)].length, 6);
});
