import { messageOf } from '../errors.js';

/** Seconds to wait before each further try where the last one brought nothing. */
export const pauses = [0.2, 1, 2] as const;

/** Whether an HTTP status says that the same request may do later. */
export function isBusy(status: number): boolean {
  return status >= 500 || status === 429;
}

/**
 * Seconds to wait after an answer: as long as its Retry-After asks for, where one has patience for that.
 * @param now in milliseconds since 1970, for a Retry-After that is a date
 */
export function pauseAfter(
  { headers }: Response,
  pause: number,
  patience: number,
  now: number = Date.now(),
): number {
  const value = headers.get('retry-after') ?? '';
  const seconds = Number(value);
  const asked = Number.isNaN(seconds) ? (Date.parse(value) - now) / 1000 : seconds;
  return asked > pause ? Math.min(asked, patience) : pause;
}

/** fetch says only that it failed; its cause says why, if anything. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return (cause === undefined ? '' : messageOf(cause)) || messageOf(error);
}
