import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { describeMachine, fileName, gpuName, processorName } from '../../scripts/bench/machine.js';

/** One processor of /proc/cpuinfo, in short. */
const cpuinfo = (family: number, model: number) =>
  `processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: ${family}\nmodel\t\t: ${model}\nmodel name\t: AMD EPYC\nstepping\t: 1\n\n`;

test('generations of one name are told apart by family and model', (t) => {
  const older = processorName('AMD EPYC', cpuinfo(25, 17).repeat(2));
  t.is(older, 'AMD EPYC (family 25 model 17)');
  t.is(fileName(`${older} 2 cores`), 'amd-epyc-family-25-model-17-2-cores');
  t.not(older, processorName('AMD EPYC', cpuinfo(26, 2).repeat(2)));
});

test('a processor keeps its name where the system tells no family', (t) => {
  const arm = 'processor\t: 0\nBogoMIPS\t: 50.00\nCPU architecture: 8\nCPU part\t: 0xd0c\n';
  for (const text of ['', arm]) t.is(processorName('Apple M1', text), 'Apple M1');
  t.is(fileName('Intel(R) Xeon(R) CPU @ 2.20GHz 4 cores'), 'intel-xeon-cpu-2-20ghz-4-cores');
});

test('the machine that this runs on is described so', (t) => {
  const { name, processor, cores, gpu } = describeMachine('cpu');
  t.is(name, fileName(`${processor} ${cores} cores`));
  t.is(gpu, null);
  const path = '/proc/cpuinfo';
  const tells = existsSync(path) && /^cpu family/m.test(readFileSync(path, 'utf8'));
  t.is(/ \(family \d+ model \d+\)$/.test(processor), tells);
});

test('of several GPUs the one that is measured is named', (t) => {
  const names = 'NVIDIA A100\nNVIDIA H200\n';
  t.is(gpuName('cuda', names, ''), 'NVIDIA A100');
  t.is(gpuName('cuda:0', names, ''), 'NVIDIA A100');
  t.is(gpuName('cuda:1', names, ''), 'NVIDIA H200');
  t.is(gpuName('cuda', names, '1'), 'NVIDIA H200');
  t.is(gpuName('cuda:1', names, '1,0'), 'NVIDIA A100');
  t.is(gpuName('cuda', '', ''), 'gpu');
});
