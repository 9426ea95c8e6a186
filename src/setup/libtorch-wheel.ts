import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasNvidiaGpu } from './gpu.js';
import { inspectFolder } from './libtorch-folder.js';
import { NotHere } from './not-here.js';
import { pythonWith } from './python.js';
import { run } from './run.js';
import type { Say } from './say.js';
import { fillFolder, lastLine, libtorchMembers, unpack } from './unpack.js';

/** What libtorch_cpu.so of a CUDA build loads even where only the CPU is used. */
const neededByCpu = ['nvidia-cuda-runtime>=13,<14', 'nvidia-cuda-cupti>=13,<14'];

/** The libraries within one of NVIDIA's wheels. */
const nvidiaLibraries = 'nvidia/.+/lib/([^/]+[.]so[^/]*)';

/**
 * Brings LibTorch from the `torch` wheel into `target`: downloaded by pip, unpacked, not installed. The wheel that pip
 * chooses for Linux may be the CUDA build, which needs libraries from NVIDIA's wheels. They are put beside its own,
 * where its run path finds them: all of them for a GPU; without one only what the CPU library loads, and the CUDA
 * libraries are left out.
 */
export async function downloadWheel(version: string, target: string, say: Say): Promise<string> {
  return fillFolder(target, inspectFolder, async (content, scratch) => {
    const gpu = hasNvidiaGpu();
    say(`Downloading LibTorch ${version} (the wheel torch==${version} through pip) …`);
    const wheels = await pipDownload([`torch==${version}`], join(scratch, 'wheels'), gpu);
    say('Unpacking LibTorch …');
    const torch = wheels.find((path) => /[/\\]torch-/.test(path));
    if (torch === undefined) throw new NotHere('pip brought no wheel of torch');
    await unpack(torch, content, libtorchMembers);

    const lib = join(content, 'lib');
    const names = await readdir(lib);
    if (!names.includes('libtorch_cuda.so')) return;
    say("This wheel is the CUDA build: adding NVIDIA's libraries that it loads …");
    const nvidia = gpu ? wheels : await pipDownload(neededByCpu, join(scratch, 'nvidia'), false);
    for (const wheel of nvidia.filter((path) => /[/\\]nvidia_/.test(path))) {
      await unpack(wheel, lib, nvidiaLibraries);
    }
    if (gpu) return;
    for (const name of names.filter((name) => /cuda|nvshmem/.test(name))) await rm(join(lib, name));
  });
}

/** Downloads wheels and gives their paths. */
async function pipDownload(
  requirements: readonly string[],
  folder: string,
  withDependencies: boolean,
): Promise<string[]> {
  const python = await pythonWith('pip');
  const options = ['--only-binary=:all:', ...(withDependencies ? [] : ['--no-deps']), '-d', folder];
  const { code, output } = await run(python, ['-m', 'pip', 'download', ...options, ...requirements]);
  if (code !== 0) throw new NotHere(`pip failed (${lastLine(output)})`);
  return (await readdir(folder)).filter((name) => name.endsWith('.whl')).map((name) => join(folder, name));
}
