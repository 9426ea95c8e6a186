/** The data of a TFRecord file's records, with their checksums checked; written from the format's description alone. */
export function readTfRecords(file: Buffer): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let start = 0; start < file.length;) {
    const length = Number(file.readBigUInt64LE(start));
    check(file.subarray(start, start + 8), file.readUInt32LE(start + 8));
    const data = file.subarray(start + 12, start + 12 + length);
    check(data, file.readUInt32LE(start + 12 + length));
    records.push(Uint8Array.from(data));
    start += 16 + length;
  }
  return records;
}

function check(data: Uint8Array, expected: number): void {
  const crc = crc32c(data);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  if (masked !== expected) throw new Error(`Expected the checksum ${expected}, got ${masked}.`);
}

/** CRC-32C bit by bit (RFC 3720, appendix B.4). */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
