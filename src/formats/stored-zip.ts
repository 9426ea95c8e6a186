import { crc32 } from 'node:zlib';
import { ByteReader } from './byte-reader.js';
import { Unreadable } from './unreadable.js';

/** Lengths and signatures of the format's records (PKWARE's APPNOTE). */
const endOfDirectory = { signature: 0x06054b50, length: 22 };
const directoryEntry = 0x02014b50;
const localHeader = { signature: 0x04034b50, length: 30 };

interface Entry {
  readonly crc: number;
  readonly size: number;
  /** Where the entry's local header begins. */
  readonly offset: number;
}

/** A zip archive whose entries are stored as they are, as `torch.save` writes it. Throws `Unreadable`. */
export class StoredZip {
  readonly #entries: ReadonlyMap<string, Entry>;
  /** Bytes of the entries that were checked: once is enough, however many tensors lie in one. */
  readonly #checked = new Map<Entry, Buffer>();

  constructor(private readonly file: Buffer) {
    this.#entries = readDirectory(file);
    // Entries that share their bytes would fill the memory from a small file.
    const sum = [...this.#entries.values()].reduce((total, { size }) => total + size, 0);
    if (sum > file.length)
      throw new Unreadable(`its entries claim ${sum} of the file's ${file.length} bytes`);
  }

  static isZip(file: Buffer): boolean {
    return file.length >= 4 && file.readUInt32LE() === localHeader.signature;
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** An entry's bytes, checked; undefined where there is none. */
  read(name: string): Buffer | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const bytes = this.#checked.get(entry) ?? this.#check(name, entry);
    this.#checked.set(entry, bytes);
    return bytes;
  }

  #check(name: string, entry: Entry): Buffer {
    const reader = new ByteReader(this.file, entry.offset);
    const header = reader.take(localHeader.length);
    if (header.readUInt32LE() !== localHeader.signature)
      throw new Unreadable(`its entry ${name} is not where it should be`);
    // The name and the padding, which may be longer here than in the directory.
    reader.take(header.readUInt16LE(26) + header.readUInt16LE(28));
    const data = reader.take(entry.size);
    // torch.serialization.set_crc32_options(False) leaves a zero.
    if (entry.crc !== 0 && crc32(data) !== entry.crc)
      throw new Unreadable(`its entry ${name} is damaged (CRC)`);
    return data;
  }
}

function readDirectory(file: Buffer): Map<string, Entry> {
  const end = findEnd(file);
  const count = end.readUInt16LE(10);
  const reader = new ByteReader(file, end.readUInt32LE(16));
  const entries = new Map<string, Entry>();
  for (let i = 0; i < count; i += 1) {
    const record = reader.take(46);
    if (record.readUInt32LE() !== directoryEntry) throw new Unreadable('its directory of entries is damaged');
    const name = reader.text(record.readUInt16LE(28));
    reader.take(record.readUInt16LE(30) + record.readUInt16LE(32));
    const [packed, size] = [record.readUInt32LE(20), record.readUInt32LE(24)];
    if (record.readUInt16LE(10) !== 0 || packed !== size) {
      throw new Unreadable(`its entry ${name} is compressed, which torch.save never does`);
    }
    entries.set(name, { crc: record.readUInt32LE(16), size, offset: record.readUInt32LE(42) });
  }
  return entries;
}

/** The record at the end, behind which only a comment may follow. */
function findEnd(file: Buffer): Buffer {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(endOfDirectory.signature);
  const at = file.lastIndexOf(signature);
  if (at < 0 || at + endOfDirectory.length > file.length) {
    throw new Unreadable('it ends before its directory of entries');
  }
  return file.subarray(at, at + endOfDirectory.length);
}
