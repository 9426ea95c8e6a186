import type { Contestant, ContestantSettings } from './contestant.js';
import type { Pace } from './pace.js';
import type { SampleBook } from './samples.js';
import { startContestant, type Variant } from './variants.js';

export interface RoundOptions extends Pace {
  readonly python: string;
  readonly variants: readonly Variant[];
  readonly settings: Omit<ContestantSettings, 'variant' | 'model'>;
  /** File of random logits for post-processing. */
  readonly logits: string;
}

/**
 * Measures one model. Steps of all contestants alternate (A B C, A B C), so that what slows the machine down for a
 * while slows down all of them. The first step, which sets up, and the first batch count apart.
 */
export async function measureModel(model: string, book: SampleBook, options: RoundOptions): Promise<void> {
  const contestants: [Variant, Contestant][] = [];
  try {
    // One after the other: preparation is measured while nothing else runs.
    for (const variant of options.variants) {
      const contestant = startContestant(variant, options.python, { ...options.settings, model });
      contestants.push([variant, contestant]);
      const { preparation, start } = await contestant.ready();
      const first = await contestant.ask({ do: 'step' });
      if (variant !== 'peer') book.add('preparation', variant, preparation);
      book.add('start to first step', variant, start + (first.seconds ?? NaN));
      for (let step = 1; step < options.warmUp; step++) await contestant.ask({ do: 'step' });
    }
    await takeTurns(model, contestants, book, options);
  } finally {
    await Promise.all(contestants.map(([, contestant]) => contestant.close()));
  }
}

async function takeTurns(
  model: string,
  contestants: readonly [Variant, Contestant][],
  book: SampleBook,
  { rounds, logits, wholeEvaluation }: RoundOptions,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const [variant, contestant] of contestants) {
      book.add(`step ${model}`, variant, (await contestant.ask({ do: 'step' })).seconds);
    }
  }
  for (let batch = 0; batch <= rounds; batch++) {
    for (const [variant, contestant] of contestants) {
      const { seconds } = await contestant.ask({ do: 'eval', batch });
      if (batch > 0) book.add(`eval ${model}`, variant, seconds);
    }
  }
  if (wholeEvaluation) {
    for (const [variant, contestant] of contestants) {
      book.add(`evaluation ${model}`, variant, (await contestant.ask({ do: 'eval', batch: null })).seconds);
    }
  }
  for (const [variant, contestant] of contestants) {
    const { bytes } = await contestant.ask({ do: 'memory' });
    book.add(`peak memory ${model}`, variant, bytes, 'bytes');
  }
  for (const [variant, contestant] of contestants) {
    // Neither run_qa.py's options nor qa-native's flags change it.
    if (variant !== 'python' && variant !== 'default') continue;
    const { seconds } = await contestant.ask({ do: 'postprocess', logits });
    book.add('post-processing and score', variant, seconds);
  }
}
