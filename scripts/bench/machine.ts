import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { runtimeInfo } from '../../src/runtime.js';

/** What a result was measured on; no host's name. */
export interface Machine {
  /** Of the file that the results go to. */
  readonly name: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly gpu: string | null;
}

export function describeMachine(device: string): Machine {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? process.arch;
  const processor = processorName(model, existsSync(cpuinfo) ? readFileSync(cpuinfo, 'utf8') : '');
  const gpu = device.startsWith('cuda') ? gpuName(device, listGpus()) : null;
  const cores = processors.length;
  return {
    name: fileName(`${gpu === null ? '' : `${gpu} `}${processor} ${cores} cores`),
    processor,
    cores,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    gpu,
  };
}

/** Of Linux alone. */
const cpuinfo = '/proc/cpuinfo';

/**
 * A processor's name with its family and model, where Linux tells them: generations may share a name, as AMD's do in a
 * virtual machine that calls them all EPYC.
 */
export function processorName(model: string, cpuinfo: string): string {
  const numberOf = (field: string) => new RegExp(`^${field}\\s*:\\s*(\\d+)$`, 'm').exec(cpuinfo)?.[1];
  const [family, number] = [numberOf('cpu family'), numberOf('model')];
  return family === undefined || number === undefined ? model : `${model} (family ${family} model ${number})`;
}

/** Words as a file may be called. */
export function fileName(words: string): string {
  return words
    .toLowerCase()
    .replace(/\(r\)|\(tm\)/g, '')
    .replace(/[^a-z0-9]+/g, '-');
}

/**
 * The name of the GPU that a device such as `cuda:1` is.
 * @param names of all GPUs, a line each
 * @param visible which of them the process sees, by their numbers, and in what order; by default all
 */
export function gpuName(
  device: string,
  names: string,
  visible = process.env['CUDA_VISIBLE_DEVICES'] ?? '',
): string {
  const index = Number(device.split(':')[1] ?? 0);
  const number = /^\d+(,\d+)*$/.test(visible) ? Number(visible.split(',')[index]) : index;
  return names.split('\n')[number]?.trim() || 'gpu';
}

function listGpus(): string {
  const query = ['--query-gpu=name', '--format=csv,noheader'];
  return spawnSync('nvidia-smi', query, { encoding: 'utf8' }).stdout ?? '';
}

export interface Software {
  readonly node: string;
  readonly torch: string;
  readonly cpu_capability: string;
}

export function describeSoftware(): Software {
  const { torchVersion, cpuCapability } = runtimeInfo();
  return { node: process.version, torch: torchVersion, cpu_capability: cpuCapability };
}
