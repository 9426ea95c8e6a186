import { QaError } from './errors.js';
import { native } from './native.js';

/** What a scope can own: a Tensor, by the part of it that matters here. */
interface Owned {
  readonly isDisposed: boolean;
  dispose(): void;
  book(): void;
}

/** One list a running `tidy`, the innermost last. Module state, so every worker thread has its own. */
const scopes: Owned[][] = [];
const kept = new WeakSet<Owned>();

/** Enters a new tensor into the innermost scope; called by Tensor's constructor. */
export function noteCreated(tensor: Owned): void {
  scopes.at(-1)?.push(tensor);
}

/** Marks a tensor (a parameter, optimizer state) that no `tidy` frees; `dispose()` still does. */
export function keep<T extends Owned>(tensor: T): T {
  kept.add(tensor);
  return tensor;
}

/**
 * Runs `fn` and frees every tensor that it made, but those in its result (a tensor, or arrays and plain objects of
 * tensors) and those kept. A loop that makes tensors without `tidy` grows: JavaScript's collector does not run
 * inside a synchronous loop.
 */
export function tidy<T>(fn: () => T): T {
  const scope: Owned[] = [];
  scopes.push(scope);
  native.setBooking(false);
  let result: T | undefined;
  try {
    result = refusePromise('tidy', fn());
    return result;
  } finally {
    scopes.pop();
    const isOutermost = scopes.length === 0;
    native.setBooking(isOutermost);
    const survivors = new Set<unknown>(tensorsIn(result));
    for (const tensor of scope) {
      const survives = survivors.has(tensor);
      if (survives) noteCreated(tensor);
      if (!survives && !kept.has(tensor)) tensor.dispose();
      else if (isOutermost && !tensor.isDisposed) tensor.book();
    }
  }
}

/** Runs `fn` without recording operations for `backward`, as `torch.no_grad()`. */
export function noGrad<T>(fn: () => T): T {
  const before = native.isGradEnabled();
  native.setGradEnabled(false);
  try {
    return refusePromise('noGrad', fn());
  } finally {
    native.setGradEnabled(before);
  }
}

/** Handles that hold a tensor now, in this thread: constant from step to step unless something leaks. */
export function liveTensors(): number {
  return native.liveTensors();
}

function isOwned(value: object): value is Owned {
  return 'dispose' in value && 'isDisposed' in value;
}

/** The tensors within a value: itself, or those in arrays and plain objects. */
export function tensorsIn(value: unknown): Owned[] {
  const found: Owned[] = [];
  const seen = new Set<unknown>();
  const look = (item: unknown): void => {
    if (typeof item !== 'object' || item === null || seen.has(item) || ArrayBuffer.isView(item)) return;
    seen.add(item);
    if (isOwned(item)) found.push(item);
    else Object.values(item).forEach(look);
  };
  look(value);
  return found;
}

/** A promise would go on after the scope was closed, with its tensors freed. */
function refusePromise<T>(name: string, result: T): T {
  if (result instanceof Promise) {
    // Its own failure is not the news here, but must not end the process as an unhandled rejection.
    result.catch(() => undefined);
    throw new QaError(
      `Expected ${name}() to get a synchronous function, but it returned a promise; await outside of it.`,
    );
  }
  return result;
}
