import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { messageOf } from '../errors.js';
import { DownloadBar } from './download-bar.js';
import { hasNvidiaGpu } from './gpu.js';
import { inspectFolder } from './libtorch-folder.js';
import { NotHere } from './not-here.js';
import type { Say } from './say.js';
import { fillFolder, libtorchMembers, unpack } from './unpack.js';

/** PyTorch's own download place. */
export const officialSite = 'https://download.pytorch.org/libtorch';

/** The official archive for a platform, for CUDA 13.0 where there is a GPU. Throws NotHere where there is none. */
export function archiveUrl(
  version: string,
  cuda: boolean,
  { platform, arch }: { platform: string; arch: string } = process,
  site = officialSite,
): string {
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
  const url = archiveUrl(version, hasNvidiaGpu(), process, site);
  const response = await request(url);
  return fillFolder(target, inspectFolder, async (content, scratch) => {
    const archive = join(scratch, 'libtorch.zip');
    say(`Downloading LibTorch ${version} from ${url} …`);
    await save(response, archive, say);
    say('Unpacking LibTorch …');
    await unpack(archive, content, libtorchMembers);
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

/** Writes the body to a file. One that is shorter or longer than the server said is an error of fetch itself. */
async function save(response: Response, file: string, say: Say): Promise<void> {
  if (response.body === null) throw new NotHere('the answer was empty');
  const total = Number(response.headers.get('content-length') ?? 0);
  const bar = new DownloadBar(total, say);
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bar.add(chunk.length);
      yield chunk;
    }
  };
  try {
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    await pipeline(body, count, createWriteStream(file));
  } catch (error) {
    const { cause } = error as Error;
    throw new NotHere(`the download broke off (${messageOf(cause ?? error)})`);
  } finally {
    bar.finish();
  }
}
