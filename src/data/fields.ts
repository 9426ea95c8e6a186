import { QaError, excerptOf } from '../errors.js';

/** Checked access to what a file holds: what it throws names the file and the place. */
export class Fields {
  constructor(
    private readonly source: string,
    /** What the file must look like: the end of every sentence. */
    private readonly remedy: string,
  ) {}

  string(value: unknown, where: string): string {
    if (typeof value !== 'string') throw this.error(`a string at ${where}`, describe(value));
    return value;
  }

  list(value: unknown, where: string): unknown[] {
    if (!Array.isArray(value)) throw this.error(`a list at ${where}`, describe(value));
    return value;
  }

  object(value: unknown, where: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.error(`an object at ${where}`, describe(value));
    }
    return value as Record<string, unknown>;
  }

  /** The objects of a list. */
  objects(value: unknown, where: string): Record<string, unknown>[] {
    return this.list(value, where).map((item, index) => this.object(item, `${where}[${index}]`));
  }

  /** Where an answer starts. */
  offset(value: unknown, where: string): number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw this.error(`a whole number of 0 or more as answer_start at ${where}`, describe(value));
    }
    return value;
  }

  error(expected: string, got: string): QaError {
    return new QaError(
      `Expected ${expected} in ${this.source}, got ${got}; ${this.remedy}.`,
      'ERR_SQUAD_FORMAT',
    );
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isDeep(value)) return 'lists in lists without end';
  return excerptOf(JSON.stringify(value) ?? typeof value);
}

/** What `JSON.stringify` writes down on every stack: how deep it gets beyond that is a matter of Node's version. */
const writableDepth = 1000;

function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < writableDepth && level.length > 0; depth++) {
    level = level.flatMap((item): unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return level.length > 0;
}
