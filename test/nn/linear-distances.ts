import { runtimeInfo } from '../../src/runtime.js';
import { fastDistances, linearCases } from './linear-cases.js';

// A program: prints what LibTorch makes use of here, and the largest distance in each case.
const { cpuCapability } = runtimeInfo();
const distances = linearCases.map((shape) => Math.max(...fastDistances(shape)));
process.stdout.write(JSON.stringify({ cpuCapability, distances }));
