// The library: everything that `qa-native` itself is made of and that others can build with.
export { QaError, UsageError } from './errors.js';
export { Tensor, type Device, type DType, type Shape, type TensorData } from './tensor.js';
export { arange, cat, empty, full, ones, stack, tensor, zeros, type TensorOptions } from './create.js';
export type { Recorder, Recording } from './cuda-graph.js';
export { keep, liveTensors, noGrad, tidy } from './scope.js';
export { getRngState, manualSeed, setRngState } from './random.js';
export {
  resolveDevice,
  runtimeInfo,
  setNumThreads,
  useExactArithmetic,
  type RuntimeInfo,
} from './runtime.js';
export { Module, Parameter } from './nn/module.js';
export { Linear } from './nn/linear.js';
export { Embedding } from './nn/embedding.js';
export { LayerNorm } from './nn/layer-norm.js';
export { Dropout } from './nn/dropout.js';
export { LSTM } from './nn/lstm.js';
export {
  TransformerEncoderLayer,
  type TransformerEncoderLayerOptions,
} from './nn/transformer-encoder-layer.js';
export { BertModel } from './nn/bert.js';
export { bertMiniConfig, parseBertConfig, type BertConfig } from './nn/bert-config.js';
export type { HiddenAct } from './nn/activations.js';
export type { Kernels } from './nn/kernels.js';
export type { PackedTokens, Sequences } from './nn/packed.js';
export { PrepackedWeights } from './nn/prepacked.js';
export type { RowGroups } from './data/row-groups.js';
export { ReaderModel, type ModelInputs, type SpanLogits } from './models/reader-model.js';
export { BertForQuestionAnswering } from './models/bert.js';
export { LstmForQuestionAnswering, type LstmConfig } from './models/lstm.js';
export { TransformerForQuestionAnswering, type TransformerConfig } from './models/transformer.js';
export { spanLoss } from './models/span-head.js';
export { loadModel, saveModel, type LoadedModel } from './models/folder.js';
export type { LoadReport } from './models/load-report.js';
export { modelKind, modelNames, type AnyModelKind, type ModelName } from './models/index.js';
export type { ModelKind } from './models/kind.js';
export { AdamW, type AdamWOptions, type Moments, type StepOptions } from './train/optimizer.js';
export { clipGradNorm } from './train/clip.js';
export { linearScheduleWithWarmup, type LrSchedulerType } from './train/schedule.js';
export { train, type StepLog } from './train/loop.js';
export type { SpanLoss, TrainingOptions } from './train/options.js';
export { TrainingState, type SavedState } from './train/state.js';
export type { Answer, Example, Feature } from './data/examples.js';
export type { ExampleFile, ExampleOptions } from './data/example-collector.js';
export { readExamples } from './data/read-examples.js';
export { parseSquad } from './data/squad.js';
export { BertTokenizer, type Encoding } from './data/tokenizer.js';
export type { NormalizerOptions } from './data/bert-normalizer.js';
export { readTokenizer, readVocab } from './data/tokenizer-files.js';
export { prepareFeatures, type FeatureOptions } from './data/features.js';
export { collate, type Batch } from './data/batches.js';
export { toInputs } from './models/inputs.js';
export { predictLogits, type PredictOptions, type RawPredictions } from './evaluate/predict.js';
export type { Span } from './evaluate/best-spans.js';
export {
  postprocessPredictions,
  type Candidate,
  type Postprocessed,
  type PostprocessOptions,
} from './evaluate/postprocess.js';
export { squadMetrics, type Predictions, type SquadMetrics } from './evaluate/metrics.js';
export { squadV2Metrics, type SquadV2Metrics, type SquadV2Options } from './evaluate/squad-v2-metrics.js';
export { evaluate, type EvaluateOptions, type Evaluation } from './evaluate/evaluate.js';
export { Reader, type AnswerOptions } from './reader/reader.js';
export type {
  Cancellable,
  ReaderAnswer,
  ReaderOptions,
  ReadOptions,
  Reading,
  TokenScores,
} from './reader/types.js';
