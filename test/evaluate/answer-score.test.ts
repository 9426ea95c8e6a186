import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { scoreAnswer } from '../../src/evaluate/answer-score.js';
import { squadMetrics } from '../../src/evaluate/metrics.js';
import { squadV2Metrics } from '../../src/evaluate/squad-v2-metrics.js';

const accepted = [
  { text: 'Ada Holmson', start: 0 },
  { text: 'the Holmsons', start: 0 },
];

test('one answer scores as the official evaluators score a file of it', (t) => {
  for (const answers of [accepted, []]) {
    for (const text of ['Ada', 'the Ada Holmson!', 'Holmsons of Oakford', '', 'the', 'Oakford']) {
      const examples: Example[] = [{ id: 'q', title: '', question: 'Who?', context: '', answers }];
      const { exactMatch, f1 } = scoreAnswer(text, answers);
      const v2 = squadV2Metrics({ q: text }, examples);
      t.deepEqual([100 * exactMatch, 100 * f1], [v2.exact, v2.f1], text);
      if (answers.length === 0) continue;
      const v1 = squadMetrics({ q: text }, examples);
      t.deepEqual([100 * exactMatch, 100 * f1], [v1.exact_match, v1.f1], text);
    }
  }
});
