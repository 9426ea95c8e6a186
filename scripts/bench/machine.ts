import { spawnSync } from 'node:child_process';
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
  const processor = processors[0]?.model.trim() ?? process.arch;
  const gpu = device.startsWith('cuda') ? gpuName() : null;
  const cores = processors.length;
  const words = `${gpu === null ? '' : `${gpu} `}${processor} ${cores} cores`;
  return {
    name: words
      .toLowerCase()
      .replace(/\(r\)|\(tm\)/g, '')
      .replace(/[^a-z0-9]+/g, '-'),
    processor,
    cores,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    gpu,
  };
}

function gpuName(): string {
  const { stdout } = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
    encoding: 'utf8',
  });
  return stdout?.split('\n')[0]?.trim() || 'gpu';
}

export function describeSoftware(): object {
  const { torchVersion, cpuCapability } = runtimeInfo();
  return { node: process.version, torch: torchVersion, cpu_capability: cpuCapability };
}
