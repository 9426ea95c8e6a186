/** Why a file's bytes are not what its format says. The file's reader makes a sentence of it that names the file. */
export class Unreadable extends Error {
  constructor(
    /** Follows "but": `it ends after 12 bytes`. */
    reason: string,
    /** What to do about it. */
    readonly remedy = 'fetch or write it again',
  ) {
    super(reason);
  }
}
