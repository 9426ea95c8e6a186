import test from 'ava';
import { postprocessPredictions } from '../../src/evaluate/postprocess.js';
import type { WindowLogits } from '../../src/evaluate/window-spans.js';
import { rankAnswers } from '../../src/reader/rank-answers.js';
import { example, feature } from '../evaluate/postprocess-case.js';

/** Tokens of two letters each, one space apart. */
const words = Array.from({ length: 60 }, (_, index) => `${index + 10}`);
const context = words.join(' ');

/** A window over some of the words, `[CLS] q [SEP] … [SEP]`, with a logit for each of its positions. */
function window(first: number, count: number, start: (word: number) => number, end = start): WindowLogits {
  const offsets = words
    .slice(first, first + count)
    .flatMap((_, at) => [3 * (first + at), 3 * (first + at) + 2]);
  const logits = (of: (word: number) => number) =>
    Float32Array.from({ length: count + 4 }, (_, position) =>
      position >= 3 && position < 3 + count ? of(first + position - 3) : -50,
    );
  return { id: 'q', feature: feature(0, 3, offsets), start: logits(start), end: logits(end) };
}

const usual = { topK: 1, maxAnswerLength: 30, nullAnswer: false };
const sum = (candidates: readonly { readonly probability: number }[]) =>
  candidates.reduce((total, { probability }) => total + probability, 0);

/** What evaluation makes of the windows. */
function evaluated(windows: readonly WindowLogits[]) {
  const logits = { start: windows.map(({ start }) => start), end: windows.map(({ end }) => end) };
  const features = windows.map((of) => of.feature);
  return postprocessPredictions([example('q', context)], features, logits).nbest.get('q') ?? [];
}

test('a span that windows share is one answer, with the better score, and as many answers come as were asked for', (t) => {
  const score = (word: number) => -Math.abs(word - 25) / 4;
  const windows = [
    window(0, 30, score),
    window(15, 30, (word) => score(word) + 0.01),
    window(20, 30, (word) => score(word) - 0.01),
  ];
  for (const topK of [1, 5, 20, 50]) {
    const candidates = rankAnswers(windows, context, { ...usual, topK });
    t.is(new Set(candidates.map(({ start, end }) => `${start}:${end}`)).size, candidates.length);
    t.is(candidates.length, Math.max(20, topK));
    t.true(Math.abs(sum(candidates) - 1) < 1e-12);
    candidates.slice(1).forEach(({ score, probability }, rank) => {
      t.true(score <= candidates[rank].score && probability <= candidates[rank].probability);
    });
    const [{ text, start, end, score }] = evaluated(windows);
    t.like(candidates[0], { text, start, end, score });
  }
});

test('answers of one window are those of evaluation, with their probabilities', (t) => {
  const windows = [
    window(
      5,
      40,
      (word) => Math.sin(7 * word),
      (word) => Math.cos(5 * word),
    ),
  ];
  t.deepEqual(rankAnswers(windows, context, usual), evaluated(windows));
});

test('a context with tokens has an answer where the best starts and ends make no pair', (t) => {
  // The ends are all before the starts.
  const windows = [
    window(
      0,
      60,
      (word) => word,
      (word) => -word,
    ),
  ];
  t.is(evaluated(windows)[0].text, '');
  for (const nullAnswer of [false, true]) {
    const candidates = rankAnswers(windows, context, { ...usual, maxAnswerLength: 1, nullAnswer });
    t.is(candidates[0].text, words[59]);
    t.true(Math.abs(sum(candidates) - 1) < 1e-12);
  }
});

test('an answer that is the only one is certain', (t) => {
  const windows = [window(0, 0, () => 0)];
  for (const nullAnswer of [false, true]) {
    const candidates = rankAnswers(windows, ' ', { ...usual, nullAnswer });
    t.is(candidates.length, 1);
    t.like(candidates[0], { text: '', start: 0, end: 0, probability: 1 });
  }
});
