import { messageOf } from '../errors.js';

/** Seconds to wait before each further try where the last one brought nothing. */
export const pauses = [0.2, 1, 2] as const;

/** Whether an HTTP status says that the same request may do later. */
export function isBusy(status: number): boolean {
  return status >= 500 || status === 429;
}

/** Seconds to wait after an answer: as long as its Retry-After asks for, where one has patience for that. */
export function pauseAfter({ headers }: Response, pause: number, patience: number): number {
  // A date instead of seconds is no number, and asks for nothing here.
  const asked = Number(headers.get('retry-after'));
  return asked > pause ? Math.min(asked, patience) : pause;
}

/** fetch says only that it failed; its cause says why. */
export function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error ? (error.cause ?? error) : error);
}
