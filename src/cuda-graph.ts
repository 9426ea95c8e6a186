import { messageOf, QaError } from './errors.js';
import { native, type GraphHandle } from './native.js';
import { keep, tensorsIn, tidy } from './scope.js';
import { Tensor, type Device } from './tensor.js';

/** A function's operations, recorded to be done again as a whole. */
export interface Recording<T> {
  /** What the function gave: its tensors hold the numbers of the last replay, and nothing before the first. */
  readonly results: T;
  /** Does all of it once more, on what the tensors that the function read hold now, with new random numbers. */
  replay(): void;
}

/** What records functions. */
export interface Recorder {
  record<T>(fn: () => T): Recording<T>;
  /** Frees the results of all recordings, and all memory that their operations take. */
  dispose(): void;
}

/** Whether functions can be recorded on a device. */
export function hasCudaGraphs(device: Device): boolean {
  return device !== 'cpu' && native.hasCudaGraphs();
}

/**
 * CUDA graphs of a GPU, which share their memory, that of their results too: one's replay may overwrite another's. Training
 * has a graph for every length of batch, each with gradients of all parameters.
 *
 * `record(fn)` records what `fn` asks of the GPU in place of doing it, as `torch.cuda.graph` does. A replay launches all of
 * it at once; the calls of a small model's step take longer than what they ask for. The kernels, their order and their
 * random numbers are those of `fn` itself, and so are the bits.
 *
 * `fn` may neither wait for the GPU (`item`, `toArray`) nor bring it data, and should have run before, so that libraries
 * are set up. The tensors that it reads must stay where they are, and those that it gives be its own.
 */
export class CudaGraphs implements Recorder {
  readonly #graphs: { readonly handle: GraphHandle; readonly results: unknown }[] = [];

  constructor(private readonly device: Device) {}

  /** @throws QaError `ERR_CUDA_GRAPH` where that cannot be recorded; the device is then as it was before */
  record<T>(fn: () => T): Recording<T> {
    const handle = orRefuse(() => native.beginGraph(this.device, this.#graphs[0]?.handle ?? null));
    const results = orRefuse(() => {
      try {
        return tidy(fn);
      } catch (error) {
        native.abortGraph(handle);
        throw error;
      }
    });
    orRefuse(() => {
      native.endGraph(handle);
    });
    for (const tensor of tensorsIn(results)) {
      if (tensor instanceof Tensor) native.disown(tensor.handle);
      keep(tensor);
    }
    this.#graphs.push({ handle, results });
    return {
      results,
      replay: () => {
        native.replayGraph(handle);
      },
    };
  }

  dispose(): void {
    for (const { handle, results } of this.#graphs.splice(0)) {
      for (const tensor of tensorsIn(results)) tensor.dispose();
      native.resetGraph(handle);
    }
  }
}

function orRefuse<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new QaError(
      `Expected operations that a CUDA graph can hold, but recording them failed (${messageOf(error)}); do them one by one.`,
      'ERR_CUDA_GRAPH',
      { cause: error },
    );
  }
}
