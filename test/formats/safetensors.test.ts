import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { QaError } from '../../src/errors.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';

const fixture = fileURLToPath(new URL('../../../test/fixtures/formats/dtypes.safetensors', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

test("reads every dtype of a file that Python's library wrote", async (t) => {
  const tensors = await readSafetensors(fixture);
  const half = [0, -0, 1, -1.5, 0.333251953125, 65504, 6.103515625e-5, 5.960464477539063e-8, Infinity];
  for (const name of ['float64', 'float32', 'float16']) {
    t.deepEqual(tensors.get(name)?.shape, [9]);
    t.deepEqual([...(tensors.get(name)?.data ?? [])], half, name);
  }
  // bfloat16 keeps eight bits of the fraction.
  t.deepEqual([...(tensors.get('bfloat16')?.data ?? [])].slice(0, 5), [0, -0, 1, -1.5, 0.333984375]);
  t.deepEqual(tensors.get('int64'), { shape: [2, 2], data: BigInt64Array.of(0n, -1n, 2n ** 40n, 7n) });
  t.deepEqual(tensors.get('scalar'), { shape: [], data: Float32Array.of(2.5) });
  t.deepEqual(tensors.get('empty'), { shape: [0, 3], data: new Float32Array() });
});

test('reads back what it wrote, in its order', async (t) => {
  const path = join(folder, 'round.safetensors');
  const tensors = new Map([
    ['b', { shape: [2, 2], data: Float32Array.of(1, 2, 3, NaN) }],
    ['a', { shape: [], data: Float32Array.of(-0) }],
  ]);
  await writeSafetensors(path, tensors);
  t.deepEqual(await readSafetensors(path), tensors);
  t.is(readFileSync(path).readBigUInt64LE(0) % 8n, 0n);
});

test('a file cut at any byte, or with any header byte changed, is refused in a sentence or still whole', async (t) => {
  const whole = readFileSync(fixture);
  const headerEnd = 8 + Number(whole.readBigUInt64LE(0));
  const path = join(folder, 'damaged.safetensors');
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    const error = await t.throwsAsync(readSafetensors(path), { code: 'ERR_SAFETENSORS' }, `cut at ${length}`);
    t.regex(error.message, /^Expected a whole safetensors file at .*; fetch or write it again\.$/s);
  }
  for (let index = 0; index < headerEnd; index += 1) {
    const damaged = Buffer.from(whole);
    damaged[index] = (damaged[index] ?? 0) ^ 0x15;
    writeFileSync(path, damaged);
    try {
      await readSafetensors(path);
    } catch (error) {
      t.true(error instanceof QaError, `byte ${index}: ${String(error)}`);
    }
  }
});

/** A file with float32 tensors of one element at the places given, and data of so many bytes. */
function fileOf(places: Readonly<Record<string, readonly [number, number]>>, length: number): Buffer {
  const header = Object.entries(places).map(
    ([name, offsets]) =>
      `${JSON.stringify(name)}:{"dtype":"F32","shape":[1],"data_offsets":${JSON.stringify(offsets)}}`,
  );
  const json = Buffer.from(`{${header.join(',')}}`);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([size, json, Buffer.alloc(length)]);
}

// As Python's library has it.
for (const [what, bytes, reason] of [
  ['with bytes behind the last tensor', fileOf({ a: [0, 4] }, 5), /take 4 bytes, and 5 are there/],
  ['with a gap', fileOf({ a: [0, 4], b: [8, 12] }, 12), /"b" begins at byte 8 of the data instead of 4/],
  ['with an overlap', fileOf({ a: [0, 4], b: [0, 4] }, 4), /"b" begins at byte 0 of the data instead of 4/],
  ['with a name that is no UTF-8', fileOf({ '\u00e4': [0, 4] }, 4).fill(0xff, 10, 11), /not JSON/],
] as const) {
  test(`a file ${what} is refused`, async (t) => {
    const path = join(folder, `${what}.safetensors`);
    writeFileSync(path, bytes);
    await t.throwsAsync(readSafetensors(path), { code: 'ERR_SAFETENSORS', message: reason });
  });
}

test('what cannot be read is refused in a sentence', async (t) => {
  await t.throwsAsync(readSafetensors(folder), {
    code: 'ERR_SAFETENSORS',
    message:
      /^Expected a whole safetensors file at .*, but it cannot be read \(EISDIR.*\); fetch or write it again\.$/,
  });
});

test('an unwritable place is an error in a sentence', async (t) => {
  writeFileSync(join(folder, 'a-file'), '');
  const path = join(folder, 'a-file', 'below');
  await t.throwsAsync(writeSafetensors(path, new Map()), {
    code: 'ERR_WRITE',
    message: /left what was there before/,
  });
});
