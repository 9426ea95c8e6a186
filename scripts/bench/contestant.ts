import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { QaError } from '../../src/errors.js';

/** What one process measures with; the keys are those of scripts/reference/bench.py. */
export interface ContestantSettings {
  readonly variant: string;
  readonly model: string;
  readonly train_file: string;
  readonly vocab_file: string;
  readonly max_train_samples: number | null;
  readonly max_seq_length: number;
  readonly doc_stride: number;
  readonly batch_size: number;
  readonly learning_rate: number;
  readonly seed: number;
  readonly threads: number;
  readonly device: string;
  /** A BERT's config.json in place of BERT-mini's. */
  readonly config_file: string | null;
}

export type Request =
  | { readonly do: 'step' | 'memory' }
  /** A batch of evaluation; null for all windows. */
  | { readonly do: 'eval'; readonly batch: number | null }
  | { readonly do: 'postprocess'; readonly logits: string };

export interface Answer {
  readonly seconds?: number;
  readonly bytes?: number;
  /** Seconds that the windows took, told once, and their number. */
  readonly preparation?: number;
  readonly features?: number;
}

/** A process that measures what it is asked for, a line of JSON each way. Between two requests it does nothing. */
export class Contestant {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #started = performance.now();

  constructor(
    readonly name: string,
    program: string,
    args: readonly string[],
    threads: number,
  ) {
    this.#child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        OMP_NUM_THREADS: String(threads),
        PYTHONWARNINGS: 'ignore',
        TRANSFORMERS_VERBOSITY: 'error',
        TOKENIZERS_PARALLELISM: 'true',
      },
    });
    // A process that could not be started or has ended answers no more, which `#next` tells.
    this.#child.on('error', () => undefined);
    this.#child.stdin?.on('error', () => undefined);
    if (this.#child.stdout === null) throw new QaError(`Expected pipes to ${program}, got none.`);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Its first words: how long the windows took, and all that came before, in seconds. */
  async ready(): Promise<{
    readonly preparation: number;
    readonly features: number;
    readonly start: number;
  }> {
    const { preparation = NaN, features = NaN } = await this.#next();
    return { preparation, features, start: (performance.now() - this.#started) / 1000 - preparation };
  }

  ask(request: Request): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    return this.#next();
  }

  /** Lets it end. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.#lines.next();
  }

  async #next(): Promise<Answer> {
    const line = await this.#lines.next();
    if (line.done !== true) return JSON.parse(line.value) as Answer;
    throw new QaError(
      `Expected ${this.name} to go on measuring, but its process ended; see above.`,
      'ERR_CHILD',
    );
  }
}
