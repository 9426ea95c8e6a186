import { join } from 'node:path';
import { downloadFile } from './download-file.js';
import { hasNvidiaGpu } from './gpu.js';
import { thisHost, type Host } from './host.js';
import { inspectFolder } from './libtorch-folder.js';
import { NotHere } from './not-here.js';
import { pythonWith } from './python.js';
import type { Say } from './say.js';
import { fillFolder, libtorchMembers, unpack } from './unpack.js';

/** PyTorch's own download place. */
const officialSite = 'https://download.pytorch.org/libtorch';

/** The official archive for a platform, for CUDA 13.0 where there is a GPU. Throws NotHere where there is none. */
export function archiveUrl(
  version: string,
  cuda: boolean,
  { platform, arch, glibc }: Host,
  site: string,
): string {
  if (platform === 'linux' && !glibc) {
    throw new NotHere('none for a Linux without glibc, such as Alpine: Debian and Ubuntu have it');
  }
  if (platform === 'linux' && arch === 'x64') {
    const build = cuda ? 'cu130' : 'cpu';
    return `${site}/${build}/libtorch-shared-with-deps-${version}%2B${build}.zip`;
  }
  if (platform === 'darwin' && arch === 'arm64') return `${site}/cpu/libtorch-macos-arm64-${version}.zip`;
  throw new NotHere(`none for ${platform} on ${arch}`);
}

/** Downloads the official LibTorch archive into `target`. Throws NotHere with the reason where that fails. */
export async function downloadArchive(
  version: string,
  target: string,
  say: Say,
  site = officialSite,
): Promise<string> {
  const url = archiveUrl(version, hasNvidiaGpu(), thisHost(), site);
  return fillFolder(target, inspectFolder, async (content, scratch) => {
    // Without one that can unpack it there is nothing to download it for.
    await pythonWith('zipfile');
    const archive = join(scratch, 'libtorch.zip');
    say(`Downloading LibTorch ${version} from ${url} …`);
    await downloadFile(url, archive, say);
    say('Unpacking LibTorch …');
    await unpack(archive, content, libtorchMembers);
  });
}
