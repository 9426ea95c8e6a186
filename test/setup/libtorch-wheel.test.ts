import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { downloadWheel } from '../../src/setup/libtorch-wheel.js';
import { NotHere } from '../../src/setup/not-here.js';
import { temporaryFolder } from '../cli/run.js';
import { libtorchFiles, pathWith, setEnvironment, writePython, writeZip } from './fakes.js';

const root = temporaryFolder();
const cpuWheels = join(root, 'cpu-wheels');
const cudaWheels = join(root, 'cuda-wheels');
const bin = join(root, 'bin');
const silent = () => undefined;

writeZip(join(cpuWheels, 'torch-2.13.0-py3.whl'), 'torch/', {
  ...libtorchFiles('2.13.0+cpu'),
  '__init__.py': '',
});
const cudaFiles = libtorchFiles(
  '2.13.0+cu130',
  'lib/libtorch_cuda.so',
  'lib/libc10_cuda.so',
  'lib/libc10.so',
);
writeZip(join(cudaWheels, 'torch-2.13.0-py3.whl'), '', {
  ...Object.fromEntries(Object.entries(cudaFiles).map(([name, text]) => [`torch/${name}`, text])),
  'torch-2.13.0.dist-info/METADATA':
    'Name: torch\nRequires-Dist: cuda-toolkit[cudart,nvrtc]==13.0.3; python_version > "3"\n',
});
for (const [wheel, library] of [
  ['nvidia_cuda_runtime-13.0.96', 'cu13/lib/libcudart.so.13'],
  ['nvidia_cuda_cupti-13.0.85', 'cu13/lib/libcupti.so.13'],
  ['nvidia_cudnn_cu13-9.19.0', 'cudnn/lib/libcudnn.so.9'],
] as const) {
  writeZip(join(cudaWheels, `${wheel}-py3.whl`), 'nvidia/', { [library]: '', 'cu13/include/cuda.h': '' });
}
writeZip(join(cudaWheels, 'sympy-1.0-py3.whl'), 'sympy/', { 'lib/a.so': '' });

test.before(() => {
  setEnvironment({ PATH: pathWith(bin), QA_NATIVE_PYTHON: undefined });
});

test.serial('the CPU wheel gives headers, libraries and its version, nothing of Python', async (t) => {
  writePython(join(bin, 'python3'), { wheels: cpuWheels });
  const target = join(root, 'cpu');
  t.is(await downloadWheel('2.13.0', target, silent, false), target);
  t.deepEqual(readdirSync(target).sort(), ['include', 'lib', 'version.py']);
});

test.serial('without a GPU the CUDA wheel is brought to what the CPU needs', async (t) => {
  writePython(join(bin, 'python3'), { wheels: cudaWheels });
  const target = await downloadWheel('2.13.0', join(root, 'cuda-for-cpu'), silent, false);
  t.deepEqual(readdirSync(join(target, 'lib')).sort(), [
    'libc10.so',
    'libcudart.so.13',
    'libcupti.so.13',
    'libtorch_cpu.so',
  ]);
});

test.serial("for a GPU the CUDA wheel is brought with all of NVIDIA's libraries", async (t) => {
  writePython(join(bin, 'python3'), { wheels: cudaWheels });
  const target = await downloadWheel('2.13.0', join(root, 'cuda'), silent, true);
  t.deepEqual(readdirSync(join(target, 'lib')).sort(), [
    'libc10.so',
    'libc10_cuda.so',
    'libcudart.so.13',
    'libcudnn.so.9',
    'libcupti.so.13',
    'libtorch_cpu.so',
    'libtorch_cuda.so',
  ]);
});

test.serial("pip's last words are the reason where it fails", async (t) => {
  writePython(join(bin, 'python3'), { wheels: join(root, 'no-wheels') });
  await t.throwsAsync(downloadWheel('2.13.0', join(root, 'failed'), silent, false), {
    instanceOf: NotHere,
    message: 'pip failed (ERROR: no torch)',
  });
  t.false(readdirSync(root).some((name) => name.startsWith('failed')));
});
