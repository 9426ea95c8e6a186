import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { messageOf } from '../errors.js';
import { NotHere } from './not-here.js';
import { fillFolder, unpackLibtorch } from './unpack.js';

/** PyTorch's own download place. */
const downloadSite = 'https://download.pytorch.org/libtorch';

/** Whether this machine has an NVIDIA GPU with its driver. */
export function hasNvidiaGpu(): boolean {
  return existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0');
}

/** The official archive for this platform, for CUDA 13.0 where there is a GPU. */
export function archiveUrl(
  version: string,
  cuda: boolean,
  platform = process.platform,
  arch = process.arch,
): string {
  if (platform === 'linux' && arch === 'x64') {
    const build = cuda ? 'cu130' : 'cpu';
    return `${downloadSite}/${build}/libtorch-shared-with-deps-${version}%2B${build}.zip`;
  }
  if (platform === 'darwin' && arch === 'arm64')
    return `${downloadSite}/cpu/libtorch-macos-arm64-${version}.zip`;
  throw new NotHere(`none for ${platform} on ${arch}`);
}

/** Downloads the official LibTorch archive into `target`. */
export async function downloadArchive(
  version: string,
  target: string,
  say: (text: string) => void,
): Promise<string> {
  const url = archiveUrl(version, hasNvidiaGpu());
  const response = await request(url);
  return fillFolder(target, async (temporary) => {
    const archive = join(temporary, 'libtorch.zip');
    say(`Downloading LibTorch ${version} from ${url} …`);
    await save(response, archive, say);
    say('Unpacking LibTorch …');
    await unpackLibtorch(archive, 'libtorch/', temporary);
    return join(temporary, 'libtorch');
  });
}

async function request(url: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    const { cause } = error as Error;
    throw new NotHere(`${url} cannot be reached (${messageOf(cause ?? error)})`);
  }
  if (!response.ok) throw new NotHere(`${url} answered ${response.status}`);
  return response;
}

/** Writes the body to a file, tells every tenth of it, and checks that it came whole. */
async function save(response: Response, file: string, say: (text: string) => void): Promise<void> {
  if (response.body === null) throw new NotHere('the answer was empty');
  const total = Number(response.headers.get('content-length') ?? 0);
  let received = 0;
  let told = 0;
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (total > 0 && received >= total * (told + 0.1)) {
        told = Math.floor((10 * received) / total) / 10;
        say(`  ${Math.round(100 * told)} % of ${Math.round(total / 2 ** 20)} MiB`);
      }
      yield chunk;
    }
  };
  try {
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    await pipeline(body, count, createWriteStream(file));
  } catch (error) {
    throw new NotHere(`the download broke off (${messageOf(error)})`);
  }
  if (total > 0 && received !== total) throw new NotHere(`the download had ${received} of ${total} bytes`);
}
