import test from 'ava';
import { checkWindows } from '../../src/data/check-windows.js';
import { Findings } from '../../src/data/findings.js';
import { sample } from '../../src/data/sample.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { BertTokenizer, type Encoding } from '../../src/data/tokenizer.js';

const options = { maxSeqLength: 24, docStride: 4, maxAnswerLength: 30 };
const context = 'the town was founded by a sailor '.repeat(40);

const questions = (count: number, isTooLong: (index: number) => boolean) =>
  Array.from({ length: count }, (_, index) => ({
    id: `q${index}`,
    title: '',
    question: 'who '.repeat(isTooLong(index) ? 30 : 1 + (index % 3)),
    context,
    answers: [{ text: 'the', start: 0 }],
  }));

/** Counts how often the context is encoded. */
class CountingTokenizer extends BertTokenizer {
  contexts = 0;

  override encode(text: string): Encoding {
    if (text === context) this.contexts += 1;
    return super.encode(text);
  }
}

test('questions that leave no room are found among others, whose windows are counted as without them', async (t) => {
  const tokenizer = await readVocab(sample.vocabFile);
  const findings = new Findings();
  const isTooLong = (index: number) => index === 5 || index === 30;
  const all = questions(40, isTooLong);
  const counts = checkWindows(all, tokenizer, options, findings);
  t.deepEqual(
    findings.list().map(({ kind, ids }) => [kind, ids]),
    [['noRoom', ['q5', 'q30']]],
  );
  const others = all.filter((_, index) => !isTooLong(index));
  t.deepEqual(counts, checkWindows(others, tokenizer, options, new Findings()));
  t.is(counts.counts.length, 38);
});

test('for one question without room a long text is not encoded again for each of the others', async (t) => {
  const { vocabulary, options: normalizer } = await readVocab(sample.vocabFile);
  const tokenizer = new CountingTokenizer(vocabulary, normalizer, 'the sample');
  const many = questions(1000, (index) => index === 700);
  checkWindows(many, tokenizer, options, new Findings());
  t.true(tokenizer.contexts < 50, `${tokenizer.contexts} times`);
});
