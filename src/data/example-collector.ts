import { codePointsToUnits } from './code-points.js';
import type { Example } from './examples.js';
import type { Fields } from './fields.js';

/** How a file of questions is read. */
export interface ExampleOptions {
  /** Whether an id that comes a second time is kept and told; otherwise it is refused. */
  readonly keepDuplicates?: boolean;
}

/** What a file of questions holds. */
export interface ExampleFile {
  readonly examples: readonly Example[];
  /** Ids of the questions with an answer whose text is not at its offset; training labels would be off. */
  readonly misplaced: readonly string[];
  /** Ids that came again, as often as they did; none but where `keepDuplicates` asks for them. */
  readonly duplicates: readonly string[];
}

/** A question as files have it: `answerStart` counts code points. */
export interface RawExample extends Omit<Example, 'answers'> {
  readonly answers: readonly { readonly text: string; readonly answerStart: number }[];
}

/** Gathers the questions of a file in their order, whatever its format, and turns code points into UTF-16 units. */
export class ExampleCollector {
  readonly #examples: Example[] = [];
  readonly #misplaced: string[] = [];
  readonly #duplicates: string[] = [];
  readonly #seen = new Set<string>();
  // Questions of one paragraph follow each other: they share its string, and what was learned of it.
  #context = '';
  #toUnits = codePointsToUnits('');

  constructor(
    private readonly fields: Fields,
    private readonly options: ExampleOptions,
  ) {}

  add({ id, title, question, context, answers }: RawExample, where: string): void {
    if (this.#seen.has(id)) {
      if (!this.options.keepDuplicates) {
        throw this.fields.error(`an id of its own at ${where}`, `${JSON.stringify(id)} a second time`);
      }
      this.#duplicates.push(id);
    }
    this.#seen.add(id);
    if (context !== this.#context) {
      this.#context = context;
      this.#toUnits = codePointsToUnits(context);
    }
    const placed = answers.map(({ text, answerStart }) => ({ text, start: this.#toUnits(answerStart) }));
    if (placed.some(({ text, start }) => !context.startsWith(text, start))) this.#misplaced.push(id);
    this.#examples.push({ id, title, question, context: this.#context, answers: placed });
  }

  /** What was gathered; throws where that is nothing. */
  finish(): ExampleFile {
    if (this.#examples.length === 0) throw this.fields.error('a question', 'none');
    return { examples: this.#examples, misplaced: this.#misplaced, duplicates: this.#duplicates };
  }
}
