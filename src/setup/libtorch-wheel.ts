import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NotHere } from './not-here.js';
import { pythons } from './python.js';
import { run } from './run.js';
import { fillFolder, lastLine, unpackLibtorch } from './unpack.js';

/**
 * Brings LibTorch from the `torch` wheel into `target`: downloaded by pip, unpacked, not installed. The wheel that
 * pip chooses for Linux may be the CUDA build; its CPU library then needs two of NVIDIA's wheels, whose libraries
 * are put beside it, where its run path finds them.
 */
export async function downloadWheel(
  version: string,
  target: string,
  say: (text: string) => void,
): Promise<string> {
  return fillFolder(target, async (temporary) => {
    say(`Downloading LibTorch ${version} (the wheel torch==${version} through pip) …`);
    const wheel = await pipDownload([`torch==${version}`], join(temporary, 'wheel'));
    say('Unpacking LibTorch …');
    await unpackLibtorch(wheel, 'torch/', temporary);
    const made = join(temporary, 'torch');
    const libraries = await readdir(join(made, 'lib'));
    if (libraries.includes('libtorch_cuda.so')) await addCudaRuntime(temporary, join(made, 'lib'), say);
    return made;
  });
}

/** Downloads wheels without what they need in turn, and gives the path of the first. */
async function pipDownload(requirements: readonly string[], folder: string): Promise<string> {
  let reason = 'no Python with pip';
  for (const python of pythons()) {
    const { code, output } = await run(python, [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '-d',
      folder,
      ...requirements,
    ]);
    if (code === 0) {
      const [wheel] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
      if (wheel !== undefined) return join(folder, wheel);
    }
    if (code !== null) reason = `pip failed (${lastLine(output)})`;
  }
  throw new NotHere(reason);
}

/** libtorch_cpu.so of a CUDA build loads libcudart and libcupti even where only the CPU is used. */
async function addCudaRuntime(temporary: string, lib: string, say: (text: string) => void): Promise<void> {
  say('This wheel is the CUDA build: adding the CUDA runtime that its CPU library loads …');
  for (const [index, name] of ['nvidia-cuda-runtime', 'nvidia-cuda-cupti'].entries()) {
    const wheel = await pipDownload([`${name}>=13,<14`], join(temporary, `nvidia-${index}`));
    const script =
      'import sys, zipfile, os\n' +
      'with zipfile.ZipFile(sys.argv[1]) as z:\n' +
      '    for name in z.namelist():\n' +
      '        if "/lib/" in name and ".so" in name:\n' +
      '            open(os.path.join(sys.argv[2], os.path.basename(name)), "wb").write(z.read(name))\n';
    const { code, output } = await run(pythons()[0] ?? 'python3', ['-c', script, wheel, lib]);
    if (code !== 0) throw new NotHere(`${name} could not be unpacked (${lastLine(output)})`);
  }
}
