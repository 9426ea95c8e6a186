import test from 'ava';
import { parsePythonLiteral } from '../../src/data/python-literal.js';

// Each text is what `repr` of Python 3.11 with numpy 2.4 gives for the value.
const literals: readonly (readonly [string, unknown])[] = [
  ["{'text': ['Aare'], 'answer_start': [4]}", { text: ['Aare'], answer_start: [4] }],
  [
    "{'text': array(['Aare', \"Bern's\"],\n      dtype=object), 'answer_start': array([ 4, 23], dtype=int32)}",
    { text: ['Aare', "Bern's"], answer_start: [4, 23] },
  ],
  [
    "{'text': array([], dtype=object), 'answer_start': array([], dtype=int64)}",
    { text: [], answer_start: [] },
  ],
  ['[np.int64(7), -3, (1,), (), {}]', [7, -3, [1], [], {}]],
  ['[None, True, False]', [null, true, false]],
  [String.raw`'a\\b\'"c\n\t\r\x85\u2028\U0001d54f'`, 'a\\b\'"c\n\t\r\x85\u2028𝕏'],
  [String.raw`"it's \d"`, String.raw`it's \d`],
];

for (const [text, value] of literals) {
  test(`Python's ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(parsePythonLiteral(text), value);
  });
}

for (const [text, message] of [
  ['', 'expected a value at character 0, got the end'],
  ["{'a': ", 'expected a value at character 6, got the end'],
  ["{'a' 1}", 'expected ":" at character 5, got "1}"'],
  ['{1: 2}', 'expected a string as key before at character 2, got ": 2}"'],
  ["['a' 'b']", 'expected "]" at character 5, got "\'b\']"'],
  ['[1] 2', 'expected the end at character 4, got "2"'],
  ['1.5', 'expected a value at character 0, got "1.5"'],
  ["__import__('os').system('x')", `expected the end at character 16, got ".system('x')"`],
  ["'never closed", `expected a value at character 0, got "'never closed"`],
] as const) {
  test(`${JSON.stringify(text)} is refused`, (t) => {
    t.throws(() => parsePythonLiteral(text), { message });
  });
}
