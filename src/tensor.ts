import { native, type DType, type Handle } from './native.js';
import { TensorMemory, type Device } from './tensor-memory.js';

export type { DType, TensorData } from './native.js';
export type { Device, Shape } from './tensor-memory.js';

/**
 * An n-dimensional array in LibTorch's memory. Every operation makes a new tensor; `tidy` frees those that are not
 * returned. Methods are those of `torch.Tensor` in camelCase, with its semantics (broadcasting, dtype promotion,
 * autograd) and its errors (`ERR_TORCH`, shapes that do not fit).
 */
export class Tensor extends TensorMemory {
  // Device and dtype -------------------------------------------------------------------------------------------

  toDevice(device: Device): Tensor {
    return new Tensor(native.toDevice(this.handle, device));
  }
  to(dtype: DType): Tensor {
    return new Tensor(native.toDtype(this.handle, dtype));
  }

  // Autograd ---------------------------------------------------------------------------------------------------

  get requiresGrad(): boolean {
    return native.requiresGrad(this.handle);
  }
  requiresGrad_(value = true): this {
    native.setRequiresGrad(this.handle, value);
    return this;
  }
  /** Gradients of this scalar for every leaf that requires one. */
  backward(): void {
    native.backward(this.handle);
  }
  /** The accumulated gradient, or null before `backward`. */
  get grad(): Tensor | null {
    const handle = native.grad(this.handle);
    return handle === null ? null : new Tensor(handle);
  }
  /** Forgets the gradient, as `zero_grad(set_to_none=True)`. */
  clearGrad(): void {
    native.clearGrad(this.handle);
  }
  detach(): Tensor {
    return new Tensor(native.detach(this.handle));
  }

  // Pointwise --------------------------------------------------------------------------------------------------

  add(other: Tensor | number): Tensor {
    return this.#withOther(other, native.add, native.addScalar);
  }
  sub(other: Tensor): Tensor {
    return new Tensor(native.sub(this.handle, other.handle));
  }
  /** `other - this`. */
  rsub(other: number): Tensor {
    return new Tensor(native.rsubScalar(this.handle, other));
  }
  mul(other: Tensor | number): Tensor {
    return this.#withOther(other, native.mul, native.mulScalar);
  }
  div(other: Tensor | number): Tensor {
    return this.#withOther(other, native.div, native.divScalar);
  }
  reciprocal(): Tensor {
    return new Tensor(native.reciprocal(this.handle));
  }
  exp(): Tensor {
    return new Tensor(native.exp(this.handle));
  }
  log(): Tensor {
    return new Tensor(native.log(this.handle));
  }
  sqrt(): Tensor {
    return new Tensor(native.sqrt(this.handle));
  }
  tanh(): Tensor {
    return new Tensor(native.tanh(this.handle));
  }
  relu(): Tensor {
    return new Tensor(native.relu(this.handle));
  }
  /** The exact GELU (with erf), BERT's activation, or its approximation with tanh. */
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return new Tensor(native.gelu(this.handle, approximate));
  }
  silu(): Tensor {
    return new Tensor(native.silu(this.handle));
  }
  pow(exponent: number): Tensor {
    return new Tensor(native.powScalar(this.handle, exponent));
  }
  clamp(min: number | null, max: number | null): Tensor {
    return new Tensor(native.clamp(this.handle, min, max));
  }
  /** A boolean tensor: where the elements equal `value`. */
  eq(value: number): Tensor {
    return new Tensor(native.eqScalar(this.handle, value));
  }
  isFinite(): Tensor {
    return new Tensor(native.isFinite(this.handle));
  }

  // In place ---------------------------------------------------------------------------------------------------

  add_(other: Tensor): this {
    return this.#inPlace(native.add_(this.handle, other.handle));
  }
  mul_(factor: number): this {
    return this.#inPlace(native.mulScalar_(this.handle, factor));
  }
  div_(divisor: number): this {
    return this.#inPlace(native.divScalar_(this.handle, divisor));
  }
  fill_(value: number): this {
    return this.#inPlace(native.fill_(this.handle, value));
  }
  copy_(source: Tensor): this {
    return this.#inPlace(native.copy_(this.handle, source.handle));
  }
  /** Fills with uniform draws from `[from, to)` of the global generator. */
  uniform_(from: number, to: number): this {
    return this.#inPlace(native.uniform_(this.handle, from, to));
  }
  /** Fills with normal draws of the global generator. */
  normal_(mean: number, std: number): this {
    return this.#inPlace(native.normal_(this.handle, mean, std));
  }
  scatter_(dim: number, index: Tensor, source: Tensor): this {
    return this.#inPlace(native.scatter_(this.handle, dim, index.handle, source.handle));
  }

  // Shape ------------------------------------------------------------------------------------------------------

  view(...shape: number[]): Tensor {
    return new Tensor(native.view(this.handle, shape));
  }
  reshape(...shape: number[]): Tensor {
    return new Tensor(native.reshape(this.handle, shape));
  }
  transpose(dim0: number, dim1: number): Tensor {
    return new Tensor(native.transpose(this.handle, dim0, dim1));
  }
  permute(...dims: number[]): Tensor {
    return new Tensor(native.permute(this.handle, dims));
  }
  contiguous(): Tensor {
    return new Tensor(native.contiguous(this.handle));
  }
  expand(...shape: number[]): Tensor {
    return new Tensor(native.expand(this.handle, shape));
  }
  unsqueeze(dim: number): Tensor {
    return new Tensor(native.unsqueeze(this.handle, dim));
  }
  squeeze(dim: number): Tensor {
    return new Tensor(native.squeeze(this.handle, dim));
  }
  narrow(dim: number, start: number, length: number): Tensor {
    return new Tensor(native.narrow(this.handle, dim, start, length));
  }
  split(size: number, dim: number): Tensor[] {
    return native.split(this.handle, size, dim).map((part) => new Tensor(part));
  }
  indexSelect(dim: number, index: Tensor): Tensor {
    return new Tensor(native.indexSelect(this.handle, dim, index.handle));
  }
  sort(dim: number, descending = false): [values: Tensor, indices: Tensor] {
    const [values, indices] = native.sort(this.handle, dim, descending);
    return [new Tensor(values), new Tensor(indices)];
  }

  // Reductions and products ------------------------------------------------------------------------------------

  /** The sum of all elements, or along one dimension. */
  sum(dim?: number, keepdim = false): Tensor {
    return new Tensor(dim === undefined ? native.sum(this.handle) : native.sumDim(this.handle, dim, keepdim));
  }
  mean(): Tensor {
    return new Tensor(native.mean(this.handle));
  }
  max(): Tensor {
    return new Tensor(native.max(this.handle));
  }
  /** `torch.linalg.vector_norm` over all elements. */
  vectorNorm(ord = 2): Tensor {
    return new Tensor(native.vectorNorm(this.handle, ord));
  }
  matmul(other: Tensor): Tensor {
    return new Tensor(native.matmul(this.handle, other.handle));
  }
  softmax(dim: number): Tensor {
    return new Tensor(native.softmax(this.handle, dim));
  }
  logSoftmax(dim: number): Tensor {
    return new Tensor(native.logSoftmax(this.handle, dim));
  }

  #withOther(
    other: Tensor | number,
    binary: (a: Handle, b: Handle) => Handle,
    withScalar: (a: Handle, b: number) => Handle,
  ): Tensor {
    return new Tensor(
      typeof other === 'number' ? withScalar(this.handle, other) : binary(this.handle, other.handle),
    );
  }

  /** In-place ops give a second handle of this very tensor, which nobody needs. */
  #inPlace(alias: Handle): this {
    native.dispose(alias);
    return this;
  }
}
