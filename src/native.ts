import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { QaError, messageOf } from './errors.js';

/** An opaque handle of the addon: it owns one `at::Tensor`. Only src/tensor.ts holds them. */
export interface Handle {
  readonly __handle: unique symbol;
}

/** A recorded CUDA graph. Only src/cuda-graph.ts holds them. */
export interface GraphHandle {
  readonly __graph: unique symbol;
}

/** Element types by PyTorch's names. */
export type DType = 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'bfloat16' | 'uint8';

/** What the addon takes and gives as plain numbers. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

type Shape = readonly number[];
type Handles = readonly Handle[];
type Unary = (a: Handle) => Handle;
type Binary = (a: Handle, b: Handle) => Handle;
type WithScalar = (a: Handle, b: number) => Handle;

/** The addon's functions, section by section as in native/. Names and argument orders are PyTorch's, camelCased. */
interface Addon {
  // tensors.cc
  fromArray(data: TensorData, shape: Shape, dtype: DType, device: string): Handle;
  full(shape: Shape, value: number, dtype: DType, device: string): Handle;
  zerosLike: Unary;
  empty(shape: Shape, dtype: DType, device: string): Handle;
  arange(end: number, device: string): Handle;
  toArray(a: Handle): TensorData;
  item(a: Handle): number;
  shape(a: Handle): number[];
  isContiguous(a: Handle): boolean;
  isSparse(a: Handle): boolean;
  dtype(a: Handle): DType;
  device(a: Handle): string;
  dispose(a: Handle): void;
  book(a: Handle): void;
  copy_: Binary;
  toDevice(a: Handle, device: string): Handle;
  toDtype(a: Handle, dtype: DType): Handle;
  requiresGrad(a: Handle): boolean;
  setRequiresGrad(a: Handle, value: boolean): void;
  backward(a: Handle): void;
  detach: Unary;
  grad(a: Handle): Handle | null;
  clearGrad(a: Handle): void;

  // ops.cc
  add: Binary;
  addScalar: WithScalar;
  sub: Binary;
  rsubScalar: WithScalar;
  mul: Binary;
  mulScalar: WithScalar;
  div: Binary;
  divScalar: WithScalar;
  reciprocal: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  tanh: Unary;
  relu: Unary;
  gelu(a: Handle, approximate: string): Handle;
  silu: Unary;
  powScalar: WithScalar;
  clamp(a: Handle, min: number | null, max: number | null): Handle;
  eqScalar: WithScalar;
  isFinite: Unary;
  nanToNum: WithScalar;
  add_: Binary;
  mulScalar_: WithScalar;
  divScalar_: WithScalar;
  fill_: WithScalar;
  view(a: Handle, shape: Shape): Handle;
  reshape(a: Handle, shape: Shape): Handle;
  transpose(a: Handle, dim0: number, dim1: number): Handle;
  permute(a: Handle, dims: Shape): Handle;
  contiguous: Unary;
  expand(a: Handle, shape: Shape): Handle;
  unsqueeze(a: Handle, dim: number): Handle;
  squeeze(a: Handle, dim: number): Handle;
  narrow(a: Handle, dim: number, start: number, length: number): Handle;
  split(a: Handle, size: number, dim: number): Handle[];
  cat(tensors: Handles, dim: number): Handle;
  stack(tensors: Handles, dim: number): Handle;
  indexSelect(a: Handle, dim: number, index: Handle): Handle;
  scatter_(a: Handle, dim: number, index: Handle, source: Handle): Handle;
  sort(a: Handle, dim: number, descending: boolean): [values: Handle, indices: Handle];
  sum: Unary;
  sumDim(a: Handle, dim: number, keepdim: boolean): Handle;
  mean: Unary;
  max: Unary;
  vectorNorm(a: Handle, ord: number): Handle;
  foreachNorm(tensors: Handles, ord: number): Handle[];
  foreachMul_(tensors: Handles, factor: Handle): void;
  matmul: Binary;
  linear: (input: Handle, weight: Handle, bias: Handle | null) => Handle;
  embedding: (weight: Handle, indices: Handle, paddingIdx: number) => Handle;
  layerNorm(input: Handle, shape: Shape, weight: Handle, bias: Handle, eps: number): Handle;
  softmax(a: Handle, dim: number): Handle;
  logSoftmax(a: Handle, dim: number): Handle;
  dropout: (a: Handle, p: number, train: boolean) => Handle;
  crossEntropy(input: Handle, target: Handle, ignoreIndex: number, labelSmoothing: number): Handle;

  // random.cc
  manualSeed(seed: number): void;
  getRngState(device: string): Handle;
  setRngState(device: string, state: Handle): void;
  uniform_(a: Handle, from: number, to: number): Handle;
  normal_(a: Handle, mean: number, std: number): Handle;
  drawSeed(): Handle;
  randperm(n: number, seed: Handle): Handle;

  // lstm.cc
  packPaddedSequence(input: Handle, lengths: Handle, batchFirst: boolean): [data: Handle, batchSizes: Handle];
  padPackedSequence(
    data: Handle,
    batchSizes: Handle,
    batchFirst: boolean,
    totalLength: number,
  ): [output: Handle, lengths: Handle];
  lstm(data: Handle, batchSizes: Handle, parameters: Handles, training: boolean): Handle;
  denseLstm(
    input: Handle,
    state: Handles,
    parameters: Handles,
    training: boolean,
  ): [output: Handle, hidden: Handle, cell: Handle];

  // layers.cc
  transformerEncoderLayer(
    src: Handle,
    srcMask: Handle | null,
    parameters: Handles,
    nhead: number,
    dropout: number,
    layerNormEps: number,
    training: boolean,
  ): Handle;

  // padded-attention.cc
  visibleKeys(attentionMask: Handle): number[] | null;
  paddedAttention(
    query: Handle,
    key: Handle,
    value: Handle,
    mask: Handle,
    visible: readonly number[] | null,
    dropoutP: number,
  ): Handle;

  // gelu-linear.cc
  geluLinear(input: Handle, weight: Handle, bias: Handle): Handle;

  // fast-linear.cc
  fastLinear: (input: Handle, weight: Handle, bias: Handle) => Handle;
  prepackLinear(input: Handle, weights: Handles, biases: Handles): [weight: Handle, bias: Handle];
  prepackedLinear(input: Handle, weight: Handle, bias: Handle): Handle;
  multipliesInPanels(): boolean;

  // fast-dropout.cc
  fastDropout: (a: Handle, p: number, train: boolean) => Handle;

  // fast-norm.cc
  fastResidualNorm(
    input: Handle,
    residual: Handle,
    weight: Handle,
    bias: Handle,
    eps: number,
    dropoutP: number,
  ): Handle;

  // fast-embedding.cc
  fastEmbedding: (weight: Handle, indices: Handle, paddingIdx: number) => Handle;
  sparseEmbedding: (weight: Handle, indices: Handle, paddingIdx: number) => Handle;
  groupedEmbedding(
    weight: Handle,
    indices: Handle,
    order: Handle,
    starts: Handle,
    rows: Handle,
    paddingIdx: number,
  ): Handle;

  // fast-gelu.cc
  fastGelu(input: Handle): Handle;

  // packed-attention.cc
  packedAttention(projected: Handle, lengths: readonly number[], heads: number, dropoutP: number): Handle;

  // varlen-attention.cc
  varlenAttention(
    projected: Handle,
    boundaries: Handle,
    longest: number,
    heads: number,
    dropoutP: number,
    tokenAt: Handle,
    places: Handle,
    bias: Handle,
  ): Handle;

  // unpack.cc
  unpackRows(packed: Handle, tokenAt: Handle, places: Handle, fill: number): Handle;

  // rounding.cc
  roundAll(parameters: Handles): Handle[];

  // optim.cc
  adamW(
    params: Handles,
    grads: Handles,
    expAvgs: Handles,
    expAvgSqs: Handles,
    touched: readonly (Handle | null)[],
    steps: readonly number[],
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    weightDecay: number,
    correctBias: boolean,
    gradScale: number,
    fused: boolean,
    skip: Handle | null,
  ): void;
  touchedRows(expAvg: Handle, expAvgSq: Handle): Handle;
  cosine(x: number): number;

  // grad-norm.cc
  jointNorm(tensors: Handles): Handle;

  // cuda-graph.cc
  hasCudaGraphs(): boolean;
  beginGraph(device: string, neighbour: GraphHandle | null): GraphHandle;
  endGraph(graph: GraphHandle): void;
  disown(result: Handle): void;
  abortGraph(graph: GraphHandle): void;
  replayGraph(graph: GraphHandle): void;
  resetGraph(graph: GraphHandle): void;

  // runtime.cc
  readonly torchVersion: string;
  cpuCapability(): string;
  cudaBuilt(): boolean;
  cudaDeviceCount(): number;
  setNumThreads(count: number): void;
  getNumThreads(): number;
  setGradEnabled(enabled: boolean): void;
  isGradEnabled(): boolean;
  setBooking(enabled: boolean): void;
  setDeterministic(enabled: boolean): void;
  setAllowTf32(enabled: boolean): void;
  liveTensors(): number;
}

/** Where the addon lies: `QA_NATIVE_ADDON`, else the package's build folder. */
const addonPath =
  process.env['QA_NATIVE_ADDON'] ??
  fileURLToPath(new URL('../../build/Release/qa_native.node', import.meta.url));

function load(): Addon {
  try {
    return createRequire(import.meta.url)(addonPath) as Addon;
  } catch (error) {
    throw new QaError(
      `Expected the native addon at ${addonPath}, but it could not be loaded (${messageOf(error)}).\n` +
        'Possible solutions:\n' +
        '- build it: npx qa-native setup\n' +
        '- see what is missing: npx qa-native doctor\n' +
        '- after LibTorch was moved or updated, build it again: npx qa-native setup --force\n' +
        '- in a program that is a bundle: leave qa-native out of it (esbuild: --external:qa-native)',
      'ERR_ADDON_LOAD',
      { cause: error },
    );
  }
}

/** The addon. This file is the only one that loads it. */
export const native: Addon = load();
