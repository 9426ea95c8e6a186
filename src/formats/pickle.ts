import type { ByteReader } from './byte-reader.js';
import { PickleMachine, type PickleWorld } from './pickle-machine.js';
import { Unreadable } from './unreadable.js';

/**
 * Reads one of Python's pickles (protocols 0 to 5, as pickletools.py describes them) from where the reader stands.
 * Lists and tuples become arrays, dictionaries Maps, integers numbers or, beyond 2^53, bigints. Nothing is imported or
 * run: a name means what `world` says. Throws `Unreadable`.
 */
export function readPickle(reader: ByteReader, world: PickleWorld): unknown {
  const machine = new PickleMachine(reader, world);
  for (;;) {
    const opcode = reader.uint8();
    if (opcode === stop) return machine.pop();
    const run = opcodes.get(opcode);
    if (run === undefined) {
      throw new Unreadable(
        `its pickle has the instruction 0x${opcode.toString(16)}, which weights do not need`,
      );
    }
    run(machine);
  }
}

const stop = 0x2e;

/** What each instruction does, by the names of Python's pickletools. */
const opcodes = new Map<number, (machine: PickleMachine) => unknown>([
  // PROTO and FRAME only announce.
  [0x80, ({ reader }) => reader.take(1)],
  [0x95, ({ reader }) => reader.take(8)],
  // None and truth values.
  [0x4e, (machine) => machine.push(null)],
  [0x88, (machine) => machine.push(true)],
  [0x89, (machine) => machine.push(false)],
  // Numbers: BININT1, BININT2, BININT, LONG1, LONG4, INT, LONG, BINFLOAT.
  [0x4b, (machine) => machine.push(machine.reader.uint8())],
  [0x4d, (machine) => machine.push(machine.reader.uint16())],
  [0x4a, (machine) => machine.push(machine.reader.int32())],
  [0x8a, (machine) => machine.push(readLong(machine.reader, machine.reader.uint8()))],
  [0x8b, (machine) => machine.push(readLong(machine.reader, machine.reader.uint32()))],
  [0x49, (machine) => machine.push(parseInteger(machine.reader.line()))],
  [0x4c, (machine) => machine.push(parseInteger(machine.reader.line()))],
  [0x47, (machine) => machine.push(machine.reader.take(8).readDoubleBE())],
  // Strings: UNICODE, BINUNICODE in three sizes, Python 2's BINSTRING in two, and STRING, in quotes.
  [0x56, (machine) => machine.push(parseEscapes(machine.reader.line('latin1')))],
  [0x8c, (machine) => machine.push(machine.reader.text(machine.reader.uint8()))],
  [0x58, (machine) => machine.push(machine.reader.text(machine.reader.uint32()))],
  [0x8d, (machine) => machine.push(machine.reader.text(machine.reader.uint64()))],
  [0x55, (machine) => machine.push(machine.reader.text(machine.reader.uint8()))],
  [0x54, (machine) => machine.push(machine.reader.text(machine.reader.uint32()))],
  [0x53, (machine) => machine.push(machine.reader.line().slice(1, -1))],
  // Tuples: EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE.
  [0x29, (machine) => machine.push([])],
  [0x85, (machine) => machine.push(machine.popMany(1))],
  [0x86, (machine) => machine.push(machine.popMany(2))],
  [0x87, (machine) => machine.push(machine.popMany(3))],
  [0x74, (machine) => machine.push(machine.popToMark())],
  // Lists: EMPTY_LIST, LIST, APPEND, APPENDS.
  [0x5d, (machine) => machine.push([])],
  [0x6c, (machine) => machine.push(machine.popToMark())],
  [0x61, (machine) => machine.append(machine.popMany(1))],
  [0x65, (machine) => machine.append(machine.popToMark())],
  // Dictionaries: EMPTY_DICT, DICT, SETITEM, SETITEMS.
  [0x7d, (machine) => machine.push(new Map())],
  [0x64, (machine) => machine.pushDictionary(machine.popToMark())],
  [0x73, (machine) => machine.setItems(machine.popMany(2))],
  [0x75, (machine) => machine.setItems(machine.popToMark())],
  // The stack: MARK, POP, POP_MARK, DUP.
  [0x28, (machine) => machine.mark()],
  [0x30, (machine) => machine.pop()],
  [0x31, (machine) => machine.popToMark()],
  [0x32, (machine) => machine.push(machine.top())],
  // The memo: PUT, BINPUT, LONG_BINPUT, MEMOIZE, GET, BINGET, LONG_BINGET.
  [0x70, (machine) => machine.memoize(Number(machine.reader.line()))],
  [0x71, (machine) => machine.memoize(machine.reader.uint8())],
  [0x72, (machine) => machine.memoize(machine.reader.uint32())],
  [0x94, (machine) => machine.memoize()],
  [0x67, (machine) => machine.recall(Number(machine.reader.line()))],
  [0x68, (machine) => machine.recall(machine.reader.uint8())],
  [0x6a, (machine) => machine.recall(machine.reader.uint32())],
  // Objects: GLOBAL and INST (a name in two lines), STACK_GLOBAL, REDUCE, BUILD, BINPERSID.
  [0x63, (machine) => machine.pushGlobal(machine.reader.line(), machine.reader.line())],
  [0x69, (machine) => machine.pushGlobal(machine.reader.line(), machine.reader.line())],
  [0x93, (machine) => machine.pushGlobal(...(machine.popMany(2) as [unknown, unknown]))],
  [0x52, (machine) => machine.reduce()],
  [0x62, (machine) => machine.build()],
  [0x51, (machine) => machine.push(machine.world.persistentLoad(machine.pop()))],
]);

/** The bytes of a whole number: little-endian, two's complement. */
function readLong(reader: ByteReader, length: number): number | bigint {
  // PyTorch's magic number takes ten bytes; nothing in a file of weights takes more.
  if (length > 16) throw new Unreadable(`its pickle has a number of ${length} bytes`);
  const digits = Buffer.from(reader.take(length)).reverse().toString('hex');
  return asInteger(BigInt.asIntN(8 * length, BigInt(`0x0${digits}`)));
}

function asInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** INT and LONG, the numbers of the first protocols: decimal digits, and 00 and 01 for the truth values. */
function parseInteger(line: string): number | bigint | boolean {
  if (line === '00' || line === '01') return line === '01';
  if (!/^[+-]?\d{1,40}L?$/.test(line)) throw new Unreadable('its pickle is damaged');
  return asInteger(BigInt(line.replace('L', '')));
}

/** UNICODE, the first protocol's string: Latin-1, and whatever else as \uXXXX or \UXXXXXXXX. */
function parseEscapes(line: string): string {
  return line.replace(
    /\\(?:u([\da-fA-F]{4})|U00([01][\da-fA-F]{5}))/g,
    (escape, short?: string, long?: string) => {
      const codePoint = parseInt(short ?? long ?? '', 16);
      return codePoint > 0x10ffff ? escape : String.fromCodePoint(codePoint);
    },
  );
}
