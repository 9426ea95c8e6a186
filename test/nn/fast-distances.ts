import { runtimeInfo } from '../../src/runtime.js';
import { attentionCases, attentionDistances } from './attention-cases.js';
import { fastDistances, linearCases } from './linear-cases.js';

/** The largest distance in each case. */
export interface FastDistances {
  /** What LibTorch makes use of here. */
  readonly cpuCapability: string;
  readonly linear: readonly number[];
  readonly attention: readonly number[];
  readonly bf16Attention: readonly number[];
}

// A program.
const found: FastDistances = {
  cpuCapability: runtimeInfo().cpuCapability,
  linear: linearCases.map((shape) => Math.max(...fastDistances(shape))),
  attention: attentionCases.map((shape) => Math.max(...attentionDistances(shape, 'float32'))),
  bf16Attention: attentionCases.map((shape) => Math.max(...attentionDistances(shape, 'bfloat16'))),
};
process.stdout.write(JSON.stringify(found));
