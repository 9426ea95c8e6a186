// Compiles and links the addon against a CUDA LibTorch, on a machine without a GPU too, into build/cuda/qa_native.node.
// It runs where Python's torch of this very version is installed with its CUDA libraries: set QA_NATIVE_ADDON to it.
//
// The wheel holds all that is needed: native/ names no symbol of the CUDA toolkit, whose libraries the wheel's own load
// at run time. A source that includes the toolkit's headers (ATen/cuda/) will want them downloaded here as well.
import { join } from 'node:path';
import { messageOf, QaError } from '../src/errors.js';
import { inspectFolder } from '../src/setup/libtorch-folder.js';
import { pipDownload } from '../src/setup/libtorch-wheel.js';
import { NotHere } from '../src/setup/not-here.js';
import { cacheDir, packageRoot } from '../src/setup/paths.js';
import { run } from '../src/setup/run.js';
import { toStderr } from '../src/setup/say.js';
import { availableThreads } from '../src/setup/threads.js';
import { expectTools } from '../src/setup/tools.js';
import { fillFolder, libtorchMembers, unpack } from '../src/setup/unpack.js';

/** The newest wheel with CUDA that is known to be served; its C++ interface is older than the one that is downloaded. */
const version = '2.11.0';
/** pip is to bring this build on any machine. */
const wheelPlatform = [
  '--platform',
  'manylinux_2_28_x86_64',
  '--python-version',
  '3.12',
  '--implementation',
  'cp',
];

try {
  await buildCuda();
} catch (error) {
  if (!(error instanceof QaError || error instanceof NotHere)) throw error;
  toStderr(`build:cuda: ${messageOf(error)}`);
  process.exitCode = 1;
}

async function buildCuda(): Promise<void> {
  await expectTools();
  const libtorch = await cudaLibtorch();
  const folder = join(packageRoot, 'build', 'cuda');
  toStderr(`Building the addon against LibTorch ${libtorch.version} …`);
  await step('cmake', '-S', packageRoot, '-B', folder, ...definitions(libtorch.path));
  await step('cmake', '--build', folder, '--parallel', String(availableThreads()));

  const addon = join(folder, 'qa_native.node');
  const linked = await step('readelf', '--dynamic', addon);
  for (const library of ['libtorch_cuda.so', 'libc10_cuda.so']) {
    if (!linked.includes(`[${library}]`)) {
      throw new QaError(
        `Expected ${addon} to need ${library}, but the linker dropped it; see CMakeLists.txt.`,
      );
    }
  }
  process.stdout.write(`${addon} is built against LibTorch ${libtorch.version}.\n`);
}

/** A warning is an error: whoever runs this changed native/, and is to see it. */
function definitions(libtorch: string): string[] {
  return [`-DLIBTORCH=${libtorch}`, '-DLIBTORCH_CUDA=ON', '-DCMAKE_CXX_FLAGS=-Werror'];
}

/** The wheel's LibTorch, in the cache. */
async function cudaLibtorch() {
  const target = join(cacheDir(), `libtorch-${version}-build-cuda`);
  try {
    return inspectFolder(target);
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
  }
  await fillFolder(target, inspectFolder, async (content, scratch) => {
    toStderr(`Downloading the CUDA build of LibTorch ${version} (530 MB) …`);
    const [wheel] = await pipDownload(scratch, '--no-deps', ...wheelPlatform, `torch==${version}`);
    if (wheel === undefined) throw new NotHere('pip brought no wheel');
    await unpack(wheel, content, libtorchMembers);
  });
  return inspectFolder(target);
}

async function step(command: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await run(command, args);
  if (code === 0) return output;
  throw new QaError(
    `Expected \`${command} ${args.join(' ')}\` to succeed, got:\n${output.trim()}`,
    'ERR_BUILD',
  );
}
