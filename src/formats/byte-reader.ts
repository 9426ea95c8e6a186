import { Unreadable } from './unreadable.js';

/** Reads little-endian values one after the other. Whatever lies beyond the end is an `Unreadable`. */
export class ByteReader {
  readonly #bytes: Buffer;

  constructor(
    bytes: Buffer,
    /** Where the next value is read from. */
    public position = 0,
  ) {
    this.#bytes = bytes;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Buffer {
    const end = this.position + length;
    if (end > this.#bytes.length) {
      throw new Unreadable(`it ends after ${this.#bytes.length} bytes where ${end} were expected`);
    }
    const taken = this.#bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }
  uint8(): number {
    return this.take(1).readUInt8();
  }
  uint16(): number {
    return this.take(2).readUInt16LE();
  }
  uint32(): number {
    return this.take(4).readUInt32LE();
  }
  int32(): number {
    return this.take(4).readInt32LE();
  }
  /** A count of 64 bits. Beyond 2^53 it is rounded, and beyond every file. */
  uint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }
  text(length: number, encoding: BufferEncoding = 'utf8'): string {
    return this.take(length).toString(encoding);
  }
  /** The text up to the next line feed, which is passed over. */
  line(encoding?: BufferEncoding): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new Unreadable('it ends in the middle of a line');
    const text = this.text(end - this.position, encoding);
    this.position += 1;
    return text;
  }
}
