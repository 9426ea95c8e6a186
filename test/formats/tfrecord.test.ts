import test from 'ava';
import { tfRecord } from '../../src/formats/tfrecord.js';
import { readTfRecords } from './read-tfrecords.js';

test('records of any length are read back by their format', (t) => {
  const records = Array.from({ length: 300 }, (_, length) =>
    Uint8Array.from({ length }, (__, index) => (index * 89 + length * 31) % 256),
  );
  t.deepEqual(readTfRecords(Buffer.concat(records.map(tfRecord))), records);
});

test('a record with any byte changed is not one', (t) => {
  const record = tfRecord(Uint8Array.from({ length: 20 }, (_, index) => index));
  for (const index of record.keys()) {
    const changed = Buffer.from(record);
    changed[index] ^= 1;
    t.throws(() => readTfRecords(changed), { message: /checksum/ });
  }
});
