import { QaError } from '../errors.js';

/** What tells apart the downloads for one machine and another. */
export interface Host {
  readonly platform: string;
  readonly arch: string;
  /** Whether Node stands on the GNU C library, as LibTorch for Linux does; Alpine has another. */
  readonly glibc: boolean;
}

/** This machine. */
export function thisHost(): Host {
  const { platform, arch } = process;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return { platform, arch, glibc: header.glibcVersionRuntime !== undefined };
}

/** Throws where the addon cannot be built: Windows has no run path, by which it would find LibTorch. */
export function expectHost(platform: string = process.platform): void {
  if (platform === 'linux' || platform === 'darwin') return;
  const remedy = platform === 'win32' ? 'use it within WSL, Linux on Windows' : 'use it on one of these';
  throw new QaError(`Expected Linux or macOS, got ${platform}; ${remedy}.`, 'ERR_PLATFORM');
}
