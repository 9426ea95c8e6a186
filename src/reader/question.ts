import type { Example, Feature } from '../data/examples.js';
import { prepareFeatures } from '../data/features.js';
import { excerptOf } from '../errors.js';
import type { Candidate } from '../evaluate/postprocess.js';
import type { ReadRequest, WorkerReading } from './messages.js';
import type { OpenedReader } from './open.js';
import { rankAnswers } from './rank-answers.js';
import { tokenScores } from './token-scores.js';

/** UTF-16 units of all answers of a question: a thread that takes more, or makes JSON of them, is held up by it. */
const mostCharacters = 100_000;

/** A question that is being answered: its windows, and the logits that came back so far. */
export class OpenQuestion {
  readonly id: number;
  readonly features: readonly Feature[];
  readonly #examples: readonly [Example];
  readonly #options: ReadRequest['options'];
  readonly #docStride: number;
  readonly #start: Float32Array[] = [];
  readonly #end: Float32Array[] = [];
  #windowsLeft: number;
  #began: number | undefined;

  constructor({ id, question, context, options }: ReadRequest, reader: OpenedReader) {
    this.id = id;
    this.#options = options;
    this.#docStride = reader.docStride;
    this.#examples = [{ id: JSON.stringify(excerptOf(question)), title: '', question, context, answers: [] }];
    this.features = prepareFeatures(this.#examples, reader.tokenizer, reader);
    this.#windowsLeft = this.features.length;
  }

  /** Marks the time from which it is being computed. */
  begin(): void {
    this.#began ??= performance.now();
  }

  /** Takes a window's logits. Of a row in a batch those of its padding are left out: its neighbours do not change it. */
  addLogits(window: number, start: Float32Array, end: Float32Array): void {
    const { length } = this.features[window].inputIds;
    this.#start[window] = start.slice(0, length);
    this.#end[window] = end.slice(0, length);
    this.#windowsLeft -= 1;
  }

  get isWhole(): boolean {
    return this.#windowsLeft === 0;
  }

  /** What came of it, once all windows were computed. Throws where a logit is no number. */
  reading(): WorkerReading {
    const { topK = 1, maxAnswerLength = 30, nullAnswer = false, scores = false } = this.#options;
    const [{ id, context }] = this.#examples;
    const [start, end] = [this.#start, this.#end];
    const windows = this.features.map((feature, index) => ({
      id,
      feature,
      start: start[index],
      end: end[index],
    }));
    const candidates = rankAnswers(windows, context, { topK, maxAnswerLength, nullAnswer });
    return {
      answers: candidates
        .slice(0, Math.min(topK, fitting(candidates)))
        .map(({ text, start, end, score, probability }) => ({ text, start, end, score, probability })),
      windows: this.features.length,
      computed: performance.now() - (this.#began ?? performance.now()),
      ...(scores ? { scores: tokenScores(this.features, { start, end }, this.#docStride) } : {}),
    };
  }
}

/** How many of the answers, from the best on, are not too long together; the best one is never too long. */
function fitting(candidates: readonly Candidate[]): number {
  let characters = 0;
  const tooMany = candidates.findIndex(({ text }, rank) => {
    characters += text.length;
    return rank > 0 && characters > mostCharacters;
  });
  return tooMany === -1 ? candidates.length : tooMany;
}
