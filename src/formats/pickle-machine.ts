import type { ByteReader } from './byte-reader.js';
import { Unreadable } from './unreadable.js';

/** Something that a pickle asks for by name: a function where it has `call`, else a mere name. */
export interface PickleGlobal {
  readonly name: string;
  readonly call?: (args: readonly unknown[]) => unknown;
}

/** All that a pickle can reach beside numbers, strings, lists, tuples and dictionaries. */
export interface PickleWorld {
  /** What a name stands for. Throws where pickles may not ask for it. */
  findGlobal(module: string, name: string): PickleGlobal;
  /** What an id stands for that the pickle's writer put in the place of an object. */
  persistentLoad(id: unknown): unknown;
}

/** The stack on which a pickle's instructions work, and the objects that it comes back to. */
export class PickleMachine {
  readonly #stack: unknown[] = [];
  /** Heights of the stack at which MARK came, the innermost last. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(
    readonly reader: ByteReader,
    readonly world: PickleWorld,
  ) {}

  push(value: unknown): this {
    this.#stack.push(value);
    return this;
  }
  pop(): unknown {
    this.#expect(this.#stack.length > (this.#marks.at(-1) ?? 0));
    return this.#stack.pop();
  }
  top(): unknown {
    this.#expect(this.#stack.length > (this.#marks.at(-1) ?? 0));
    return this.#stack.at(-1);
  }
  mark(): this {
    this.#marks.push(this.#stack.length);
    return this;
  }
  popToMark(): unknown[] {
    const height = this.#marks.pop();
    this.#expect(height !== undefined);
    return this.#stack.splice(height);
  }
  popMany(count: number): unknown[] {
    const values = Array.from({ length: count }, () => this.pop());
    return values.reverse();
  }

  memoize(index = this.#memo.size): this {
    this.#memo.set(index, this.top());
    return this;
  }
  recall(index: number): this {
    this.#expect(this.#memo.has(index));
    return this.push(this.#memo.get(index));
  }

  pushGlobal(module: unknown, name: unknown): this {
    this.#expect(typeof module === 'string' && typeof name === 'string');
    return this.push(this.world.findGlobal(module, name));
  }
  /** REDUCE: calls what the pickle asked for by name. */
  reduce(): this {
    const args = this.pop();
    const callee = this.pop() as Partial<PickleGlobal> | null | undefined;
    this.#expect(Array.isArray(args) && typeof callee?.call === 'function');
    return this.push(callee.call(args as unknown[]));
  }
  append(items: readonly unknown[]): this {
    const list = this.top();
    this.#expect(Array.isArray(list));
    for (const item of items) list.push(item);
    return this;
  }
  setItems(items: readonly unknown[]): this {
    this.#fill(this.top(), items);
    return this;
  }
  pushDictionary(items: readonly unknown[]): this {
    return this.push(this.#fill(new Map(), items));
  }
  /** BUILD sets attributes; those of a dictionary (PyTorch's `_metadata`) are no weights. */
  build(): this {
    this.pop();
    this.#expect(this.top() instanceof Map);
    return this;
  }

  #fill(map: unknown, items: readonly unknown[]): unknown {
    this.#expect(map instanceof Map && items.length % 2 === 0);
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
    return map;
  }

  #expect(condition: boolean): asserts condition {
    if (!condition) throw new Unreadable('its pickle is damaged');
  }
}
