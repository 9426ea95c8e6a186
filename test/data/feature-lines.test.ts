import test from 'ava';
import { featureLines } from '../../src/data/feature-lines.js';
import { prepareFeatures } from '../../src/data/features.js';
import { parseSquad } from '../../src/data/squad.js';
import { fixture, fixtureTokenizer } from './feature-fixture.js';

for (const split of ['train', 'validation'] as const) {
  test(`the lines of ${split} are Python's`, (t) => {
    const { maxSeqLength } = fixture.lines;
    const expected = fixture.lines[split];
    const ids = new Set(expected.map((line) => (line as { example_id: string }).example_id));
    const examples = parseSquad(fixture.squad, 'the fixture').examples.filter(({ id }) => ids.has(id));
    const features = prepareFeatures(examples, fixtureTokenizer(), fixture.lines);
    const lines = [...featureLines(examples, features, { split, maxSeqLength, padTokenId: 0 })];
    t.deepEqual(
      lines,
      expected.map((line) => `${JSON.stringify(line)}\n`),
    );
  });
}
