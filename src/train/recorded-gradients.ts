import { tensor } from '../create.js';
import { CudaGraphs, hasCudaGraphs, type Recorder, type Recording } from '../cuda-graph.js';
import type { Feature } from '../data/examples.js';
import { messageOf } from '../errors.js';
import type { ReaderModel, SpanLogits } from '../models/reader-model.js';
import { spanLoss } from '../models/span-head.js';
import type { Tensor } from '../tensor.js';
import { BatchSlot } from './batch-slot.js';
import { computeGradients, plainGradients, type StepGradients } from './gradients.js';
import type { TrainingOptions } from './options.js';
import { stageBatch, type StagedBatch } from './staged-batch.js';

/** Where a run's gradients come from: those of a step's windows, which hold until the next step's. */
export interface GradientSource {
  of(rows: readonly Feature[]): StepGradients;
  /** Does what can be done for the step that comes next while a GPU is at work. */
  prepare(rows: readonly Feature[]): void;
  dispose(): void;
}

/** Recorded gradients where the device, the model and the options allow it. */
export function gradientSource(model: ReaderModel, options: TrainingOptions): GradientSource {
  const { device, gradientAccumulationSteps = 1, loss } = options;
  const recorder = options.recorder ?? (hasCudaGraphs(device) ? new CudaGraphs(device) : undefined);
  // A loss of the caller's may do what no recording can hold.
  const isPlain = gradientAccumulationSteps > 1 || loss !== undefined;
  if (recorder === undefined || isPlain || !model.recordable) {
    const nothing = () => undefined;
    return { of: (rows) => plainGradients(model, rows, options), prepare: nothing, dispose: nothing };
  }
  return new RecordedGradients(model, options, recorder);
}

interface RecordedStep {
  readonly slot: BatchSlot;
  readonly recording: Recording<StepGradients>;
}

/**
 * Gradients that are recorded for each shape of batch, and replayed: the same kernels, and so the same bits, without the
 * calls. The first batch of a shape is computed as ever, as libraries set themselves up in it; the second is recorded.
 * Where recording fails, a warning says so, and all go on as ever.
 */
class RecordedGradients implements GradientSource {
  readonly #seen = new Set<string>();
  readonly #steps = new Map<string, RecordedStep>();
  #hasFailed = false;
  #prepared: { readonly rows: readonly Feature[]; readonly batch: StagedBatch } | undefined;

  constructor(
    private readonly model: ReaderModel,
    private readonly options: TrainingOptions,
    private readonly recorder: Recorder,
  ) {}

  of(rows: readonly Feature[]): StepGradients {
    const batch = this.#prepared?.rows === rows ? this.#prepared.batch : stageBatch(rows, this.options);
    const step = this.#steps.get(batch.shape);
    if (step !== undefined) step.slot.fill(batch);
    const ready = step ?? this.#record(batch);
    if (ready === undefined) return this.#compute(batch);
    ready.recording.replay();
    return ready.recording.results;
  }

  prepare(rows: readonly Feature[]): void {
    this.#prepared = { rows, batch: stageBatch(rows, this.options) };
  }

  dispose(): void {
    for (const { slot } of this.#steps.values()) slot.dispose();
    this.#steps.clear();
    this.recorder.dispose();
  }

  /** As it will be recorded: a run that goes on, for which every shape is new, comes to the same bits. */
  #compute({ arrays, forward }: StagedBatch): StepGradients {
    const { device } = this.options;
    const read = (name: string) => tensor(arrays[name], undefined, { device });
    return this.#gradients(() => forward(this.model, read), read);
  }

  #gradients(logits: () => SpanLogits, read: (name: string) => Tensor): StepGradients {
    const { labelSmoothing } = this.options;
    const loss = () => spanLoss(logits(), read('startPositions'), read('endPositions'), labelSmoothing);
    return computeGradients(this.model, [loss], this.options);
  }

  /** Nothing for the first batch of a shape, and where recording has failed. */
  #record(batch: StagedBatch): RecordedStep | undefined {
    const isNew = !this.#seen.has(batch.shape);
    this.#seen.add(batch.shape);
    if (isNew || this.#hasFailed) return undefined;
    const { model, recorder } = this;
    const slot = new BatchSlot(batch, this.options.device);
    try {
      const recording = recorder.record(() => this.#gradients(() => slot.logits(model), slot.read));
      const step = { slot, recording };
      this.#steps.set(batch.shape, step);
      return step;
    } catch (error) {
      process.emitWarning(`Steps are computed one operation at a time: ${messageOf(error)}`);
      this.#hasFailed = true;
      model.zeroGrad();
      slot.dispose();
      this.dispose();
      return undefined;
    }
  }
}
