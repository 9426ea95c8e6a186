// The library: everything that `qa-native` itself is made of and that others can build with.
export { QaError, UsageError } from './errors.js';
export { Tensor, type Device, type DType, type Shape, type TensorData } from './tensor.js';
export { arange, cat, empty, full, ones, stack, tensor, zeros } from './create.js';
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
export { TransformerEncoderLayer } from './nn/transformer-encoder-layer.js';
export { BertModel } from './nn/bert.js';
export { bertMiniConfig, parseBertConfig, type BertConfig } from './nn/bert-config.js';
export { ReaderModel, type ModelInputs, type SpanLogits } from './models/reader-model.js';
export { BertForQuestionAnswering } from './models/bert.js';
export { LstmForQuestionAnswering } from './models/lstm.js';
export { TransformerForQuestionAnswering } from './models/transformer.js';
export { spanLoss } from './models/span-head.js';
export { loadModel, saveModel, type LoadedModel } from './models/folder.js';
export { modelKind, modelNames, type ModelName } from './models/index.js';
export { AdamW, type AdamWOptions } from './train/optimizer.js';
export { clipGradNorm } from './train/clip.js';
export { linearScheduleWithWarmup } from './train/schedule.js';
export { train, type StepLog } from './train/loop.js';
export type { TrainingOptions } from './train/options.js';
export type { Answer, Example, Feature } from './data/examples.js';
export { readExamples } from './data/read-examples.js';
export { parseSquad } from './data/squad.js';
export { BertTokenizer, type Encoding } from './data/tokenizer.js';
export { readTokenizer, readVocab } from './data/tokenizer-files.js';
export { prepareFeatures } from './data/features.js';
export { collate, type Batch } from './data/batches.js';
export { toInputs } from './models/inputs.js';
export { predictLogits } from './evaluate/predict.js';
export { postprocessPredictions } from './evaluate/postprocess.js';
export { squadMetrics } from './evaluate/metrics.js';
export { squadV2Metrics } from './evaluate/squad-v2-metrics.js';
export { evaluate } from './evaluate/evaluate.js';
export { Reader, type AnswerOptions } from './reader/reader.js';
export type { ReaderAnswer, ReaderOptions, ReadOptions, Reading, TokenScores } from './reader/types.js';
