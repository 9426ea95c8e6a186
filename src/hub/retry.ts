import { messageOf } from '../errors.js';

/** Seconds to wait before each further try where the last one brought nothing. */
export const pauses = [0.2, 1, 2] as const;

/** Whether an HTTP status says that the same request may do later. */
export function isBusy(status: number): boolean {
  return status >= 500 || status === 429;
}

/** fetch says only that it failed; its cause says why. */
export function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error ? (error.cause ?? error) : error);
}
