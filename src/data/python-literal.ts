/**
 * Reads what `repr` writes of plain data: a table that pandas saved as CSV holds its dictionaries so, often with
 * numpy's arrays in them (`{'text': array(['Aare'], dtype=object), 'answer_start': array([4])}`). Takes strings, whole
 * numbers, lists, tuples, dictionaries, None, True and False; of a call it takes the first argument. Evaluates nothing.
 *
 * @throws Error that says what was expected where
 */
export function parsePythonLiteral(text: string): unknown {
  const parser = new Parser(text);
  const value = parser.value();
  parser.expectEnd();
  return value;
}

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

const tokens = {
  string: /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y,
  number: /[+-]?\d+(?![\w.])/y,
  name: /[A-Za-z_][\w.]*/y,
  opening: /[[({]/y,
} as const;

class Parser {
  #at = 0;

  constructor(private readonly text: string) {}

  value(): unknown {
    const string = this.#take(tokens.string);
    if (string !== undefined) return unescape(string.slice(1, -1));
    const number = this.#take(tokens.number);
    if (number !== undefined) return Number(number);
    const name = this.#take(tokens.name);
    if (name !== undefined) return constants.has(name) ? constants.get(name) : this.#firstArgument();
    const opening = this.#take(tokens.opening);
    if (opening === undefined) throw this.#unexpected('a value');
    return opening === '{' ? this.#dictionary() : this.#items(closing[opening] ?? '');
  }

  expectEnd(): void {
    this.#skipSpace();
    if (this.#at < this.text.length) throw this.#unexpected('the end');
  }

  /** Of `array([1, 2], dtype=int32)` the list, of `np.int64(7)` the 7. */
  #firstArgument(): unknown {
    this.#expect('(');
    const value = this.value();
    while (this.#takeMark(',')) {
      this.#take(tokens.name);
      this.#expect('=');
      if (this.#take(tokens.name) === undefined) this.value();
    }
    this.#expect(')');
    return value;
  }

  #items(end: string): unknown[] {
    const items: unknown[] = [];
    while (!this.#takeMark(end)) {
      items.push(this.value());
      if (this.#takeMark(',')) continue;
      this.#expect(end);
      break;
    }
    return items;
  }

  #dictionary(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    while (!this.#takeMark('}')) {
      const key = this.value();
      if (typeof key !== 'string') throw this.#unexpected('a string as key before');
      this.#expect(':');
      entries.push([key, this.value()]);
      if (this.#takeMark(',')) continue;
      this.#expect('}');
      break;
    }
    return Object.fromEntries(entries);
  }

  #skipSpace(): void {
    while (/\s/.test(this.text.charAt(this.#at))) this.#at += 1;
  }

  #take(token: RegExp): string | undefined {
    this.#skipSpace();
    token.lastIndex = this.#at;
    const [found] = token.exec(this.text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #takeMark(mark: string): boolean {
    this.#skipSpace();
    if (!this.text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#takeMark(mark)) throw this.#unexpected(`"${mark}"`);
  }

  #unexpected(expected: string): Error {
    const rest = this.text.slice(this.#at, this.#at + 20);
    return new Error(
      `expected ${expected} at character ${this.#at}, got ${rest === '' ? 'the end' : JSON.stringify(rest)}`,
    );
  }
}

const controls: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

function unescape(body: string): string {
  return body.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^]))/g,
    (whole, hex2?: string, hex4?: string, hex8?: string, octal?: string, other?: string) => {
      const hex = hex2 ?? hex4 ?? hex8;
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      // As in Python, a backslash before any other character stays.
      return other !== undefined && /['"\\]/.test(other) ? other : (controls[other ?? ''] ?? whole);
    },
  );
}
