/** Token ids of a text, and for each token `[start, end)` in UTF-16 units of the original text, flattened. */
export interface Encoding {
  readonly ids: Int32Array;
  readonly offsets: Int32Array;
}

/** Collects tokens in arrays that grow and are used again. */
export class EncodingBuilder {
  #ids = new Int32Array(1024);
  #offsets = new Int32Array(2048);
  #length = 0;

  push(id: number, start: number, end: number): void {
    const at = this.#length;
    if (at === this.#ids.length) this.#grow();
    this.#ids[at] = id;
    this.#offsets[2 * at] = start;
    this.#offsets[2 * at + 1] = end;
    this.#length = at + 1;
  }

  /** What was collected; starts anew. */
  take(): Encoding {
    const length = this.#length;
    this.#length = 0;
    return { ids: this.#ids.slice(0, length), offsets: this.#offsets.slice(0, 2 * length) };
  }

  #grow(): void {
    const [ids, offsets] = [this.#ids, this.#offsets];
    this.#ids = new Int32Array(2 * ids.length);
    this.#ids.set(ids);
    this.#offsets = new Int32Array(2 * offsets.length);
    this.#offsets.set(offsets);
  }
}
