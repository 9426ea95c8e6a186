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
