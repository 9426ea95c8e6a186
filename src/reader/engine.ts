import { predictLogits } from '../evaluate/predict.js';
import { PrepackedWeights } from '../nn/prepacked.js';
import type { FromWorker, ReadRequest } from './messages.js';
import { enqueue, nextBatch, type Queued, type Sized } from './next-batch.js';
import type { OpenedReader } from './open.js';
import { OpenQuestion } from './question.js';
import { packError } from './sent-error.js';

/** A window that waits for its logits. */
interface Window extends Sized {
  readonly question: OpenQuestion;
  readonly index: number;
}

/**
 * Answers questions as they come. What waits when a batch begins is batched together, whichever question it belongs to:
 * windows that come while a batch is being computed go into the next one.
 */
export class Engine {
  /** By turns. */
  #waiting: Queued<Window>[] = [];
  #batches = 0;
  #running: Promise<void> | undefined;
  /** The model's weights do not change. */
  readonly #prepacked = new PrepackedWeights();

  constructor(
    private readonly reader: OpenedReader,
    private readonly reply: (message: FromWorker) => void,
  ) {}

  add(request: ReadRequest): void {
    try {
      const question = new OpenQuestion(request, this.reader);
      const windows = question.features.map(({ inputIds: { length } }, index) => ({
        question,
        index,
        length,
      }));
      this.#waiting = enqueue(this.#waiting, windows, this.#batches);
    } catch (error) {
      this.#fail(request.id, error);
      return;
    }
    this.#running ??= this.#run();
  }

  /** Forgets a question; what is being computed of it is lost. */
  cancel(id: number): void {
    this.#waiting = this.#waiting.filter(({ question }) => question.id !== id);
  }

  /** Forgets all questions, and frees the model once its batch is done. */
  async close(): Promise<void> {
    this.#waiting = [];
    await this.#running;
    this.#prepacked.dispose();
    this.reader.model.dispose();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { batch, rest } = nextBatch(this.#waiting, this.reader.batchSize);
      this.#waiting = rest;
      try {
        await this.#compute(batch);
      } catch (error) {
        for (const { id } of new Set(batch.map(({ question }) => question))) {
          this.cancel(id);
          this.#fail(id, error);
        }
      }
    }
    this.#running = undefined;
  }

  async #compute(batch: readonly Window[]): Promise<void> {
    this.#batches += 1;
    for (const { question } of batch) question.begin();
    const features = batch.map(({ question, index }) => question.features[index]);
    // Yields to the event loop at its end, so that what came meanwhile joins the next batch.
    const logits = await predictLogits(this.reader.model, features, {
      maxSeqLength: Math.max(...batch.map(({ length }) => length)),
      perDeviceEvalBatchSize: batch.length,
      device: this.reader.device,
      kernels: this.reader.kernels,
      prepacked: this.#prepacked,
    });
    batch.forEach(({ question, index }, row) => {
      question.addLogits(index, logits.start[row], logits.end[row]);
      if (question.isWhole) this.#finish(question);
    });
  }

  #finish(question: OpenQuestion): void {
    try {
      this.reply({ type: 'done', id: question.id, reading: question.reading() });
    } catch (error) {
      this.#fail(question.id, error);
    }
  }

  #fail(id: number, error: unknown): void {
    this.reply({ type: 'failed', id, error: packError(error) });
  }
}
