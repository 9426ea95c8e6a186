import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasNvidiaGpu } from './gpu.js';
import { inspectFolder } from './libtorch-folder.js';
import { NotHere } from './not-here.js';
import { pythonWith } from './python.js';
import { run } from './run.js';
import type { Say } from './say.js';
import { fillFolder, lastLine, libtorchMembers, unpack } from './unpack.js';

/** The libraries within one of NVIDIA's wheels. */
const nvidiaLibraries = 'nvidia/.+/lib/([^/]+[.]so[^/]*)';

/**
 * Brings LibTorch from the `torch` wheel into `target`: downloaded by pip, unpacked, not installed. The wheel that pip
 * chooses for Linux may be the CUDA build, which needs libraries from NVIDIA's wheels. They are put beside its own,
 * where its run path finds them: all of them for a GPU; without one only what the CPU library loads, and the CUDA
 * libraries are left out.
 */
export async function downloadWheel(
  version: string,
  target: string,
  say: Say,
  gpu = hasNvidiaGpu(),
): Promise<string> {
  return fillFolder(target, inspectFolder, async (content, scratch) => {
    say(`Downloading LibTorch ${version} (the wheel torch==${version} through pip) …`);
    const wheels = await pipDownload(
      join(scratch, 'wheels'),
      ...(gpu ? [] : ['--no-deps']),
      `torch==${version}`,
    );
    say('Unpacking LibTorch …');
    const torch = wheels.find((path) => /[/\\]torch-/.test(path));
    if (torch === undefined) throw new NotHere('pip brought no wheel of torch');
    await unpack(torch, content, libtorchMembers);

    const lib = join(content, 'lib');
    const names = await readdir(lib);
    if (!names.includes('libtorch_cuda.so')) return;
    say("This wheel is the CUDA build: adding NVIDIA's libraries that it loads …");
    const nvidia = gpu ? wheels : await pipDownload(join(scratch, 'nvidia'), await cpuNeeds(torch, scratch));
    for (const wheel of nvidia.filter((path) => /[/\\]nvidia_/.test(path))) {
      await unpack(wheel, lib, nvidiaLibraries);
    }
    if (gpu) return;
    for (const name of names.filter((name) => /cuda|nvshmem/.test(name))) await rm(join(lib, name));
  });
}

/**
 * What libtorch_cpu.so of a CUDA build loads even where only the CPU is used: CUDA's runtime and CUPTI, of the CUDA
 * toolkit that the wheel's metadata pins.
 */
async function cpuNeeds(wheel: string, scratch: string): Promise<string> {
  await unpack(wheel, scratch, '[^/]+[.]dist-info/(METADATA)');
  const metadata = await readFile(join(scratch, 'METADATA'), 'utf8');
  const [, pin] = /^Requires-Dist: cuda-toolkit\[[^\]]*\]\s*(==[^\s;]+)/m.exec(metadata) ?? [];
  if (pin === undefined) throw new NotHere("torch's wheel is a CUDA build that pins no cuda-toolkit");
  return `cuda-toolkit[cudart,cupti]${pin}`;
}

/** Downloads wheels, as pip's arguments say, and gives their paths. Throws NotHere with pip's reason. */
export async function pipDownload(folder: string, ...args: readonly string[]): Promise<string[]> {
  const python = await pythonWith('pip');
  const download = ['-m', 'pip', 'download', '--only-binary=:all:', '-d', folder, ...args];
  const { code, output } = await run(python, download);
  if (code !== 0) throw new NotHere(`pip failed (${lastLine(output)})`);
  return (await readdir(folder)).filter((name) => name.endsWith('.whl')).map((name) => join(folder, name));
}
