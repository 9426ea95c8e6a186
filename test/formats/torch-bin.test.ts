import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { QaError } from '../../src/errors.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { StoredZip } from '../../src/formats/stored-zip.js';
import { readTorchBin } from '../../src/formats/torch-bin.js';

/** Files of Python's torch.save; scripts/reference/fixtures_torch_bin.py wrote them. */
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/formats/torch-bin/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'torch-bin-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

const formats = ['zip-2.bin', 'zip-4.bin', 'stream-2.bin', 'stream-4.bin'];
for (const name of formats) {
  test(`${name}: every dtype, view and tie is what Python's safetensors says`, async (t) => {
    const expected = await readSafetensors(fixture('expected.safetensors'));
    const tensors = await readTorchBin(fixture(name));
    t.deepEqual([...tensors.keys()].sort(), [...expected.keys()].sort());
    for (const [key, tensor] of expected) {
      const layout = key === 'transposed' ? { byColumns: true } : {};
      t.deepEqual(tensors.get(key), { ...tensor, ...layout }, key);
    }
    t.is(tensors.get('tied'), tensors.get('weight'), 'tied tensors are one array');
  });
}

const smallFiles = [1, 2, 3, 4, 5].map((protocol) => `small-stream-${protocol}.bin`);
for (const name of [...smallFiles, 'small-zip.bin', 'small-zip-without-crc.bin']) {
  test(`${name} is read`, async (t) => {
    t.deepEqual(
      [...(await readTorchBin(fixture(name)))],
      [
        ['weight', { shape: [2, 2], data: Float32Array.of(1.5, 0.25, -2, 3), byColumns: true }],
        ['bias', { shape: [1], data: Float32Array.of(0.5) }],
      ],
    );
  });
}

test("Python 2's strings and a GPU's storages are read", async (t) => {
  t.deepEqual(
    [...(await readTorchBin(fixture('python2.bin')))],
    [['weight', { shape: [2], data: Float32Array.of(1.5, -2) }]],
  );
});

const refused: [name: string, reason: RegExp][] = [
  ['calls-system-2.bin', /asks for \w+\.system, which weights do not need; nothing was run/],
  ['calls-system-4.bin', /asks for \w+\.system,/],
  ['calls-system-stream.bin', /asks for \w+\.system,/],
  ['calls-eval-2.bin', /asks for __builtin__\.eval,/],
  ['calls-eval-4.bin', /asks for builtins\.eval,/],
  ['calls-eval-stream.bin', /asks for __builtin__\.eval,/],
  ['calls-load-from-bytes-2.bin', /asks for torch\.storage\._load_from_bytes,/],
  ['calls-load-from-bytes-4.bin', /asks for torch\.storage\._load_from_bytes,/],
  ['calls-load-from-bytes-stream.bin', /asks for torch\.storage\._load_from_bytes,/],
  ['numpy.bin', /asks for numpy\.\w+\.multiarray\._reconstruct,/],
  ['module.bin', /asks for torch\.nn\.modules\.linear\.Linear,.* save model\.state_dict\(\) alone/],
  ['sparse.bin', /asks for torch\._utils\._rebuild_sparse_tensor,/],
  ['complex.bin', /asks for torch\.ComplexFloatStorage,/],
  ['nested.bin', /its entry "epoch" is no tensor; save model\.state_dict\(\) alone/],
  ['list.bin', /it holds no dictionary of tensors/],
  ['repeated.bin', /shape \[1048576, 1048576\] does not fit its storage of 1 elements/],
  ['overlapping.bin', /its tensors read the storage 0 more than 4 times over/],
];
for (const [name, reason] of refused) {
  test(`${name} is refused in a sentence`, async (t) => {
    const error = await t.throwsAsync(readTorchBin(fixture(name)), {
      code: 'ERR_TORCH_BIN',
      message: reason,
    });
    t.regex(error.message, /^Expected the weights that torch\.save wrote in [^\n]*\.$/);
  });
}

/** Writes bytes to a file of this test. */
function written(bytes: Uint8Array | string): string {
  const path = join(folder, 'file.bin');
  writeFileSync(path, bytes);
  return path;
}

const handMade: [what: string, bytes: string | Buffer, reason: RegExp][] = [
  ['a bare pickle that calls', "cos\nsystem\n(S'echo'\ntR.", /asks for os\.system,/],
  ['a call in the oldest form', "(S'echo'\nios\nsystem\n.", /asks for os\.system,/],
  ['a name of many characters', `c${'a\u001b'.repeat(500)}\nb\n.`, /asks for (a\?){50},/],
  ['an empty file', '', /it does not begin as such a file does/],
  ['a page of the web', '<!doctype html>', /it does not begin as such a file does/],
  ['another pickle', Buffer.from('80024b012e', 'hex'), /it does not begin as such a file does/],
  ['a number that is too long', Buffer.from('80028bffffff7f2e', 'hex'), /a number of 2147483647 bytes/],
  [
    'a string that is too long',
    Buffer.from('8004 8dffffffffffffffff2e'.replace(' ', ''), 'hex'),
    /it ends after/,
  ],
  ['a memo without the entry', Buffer.from('800268052e', 'hex'), /its pickle is damaged/],
  ['an endless stack', Buffer.concat([Buffer.from('8002', 'hex'), Buffer.alloc(1e5, '(')]), /it ends after/],
];
for (const [what, bytes, reason] of handMade) {
  test.serial(`${what} is refused in a sentence`, async (t) => {
    await t.throwsAsync(readTorchBin(written(bytes)), { code: 'ERR_TORCH_BIN', message: reason });
  });
}

/** The older stream around a pickle of instructions, in hexadecimal. */
function streamOf(root: string): Buffer {
  const magic = '80028a0a6cfc9c46f9206aa850192e';
  const machine = `80027d580d000000${Buffer.from('little_endian').toString('hex')}88732e`;
  return Buffer.from(`${magic}80024de9032e${machine}8002${root}2e80025d2e`, 'hex');
}

// A tuple of a tuple with itself, and so on: 2^60 empty tuples, if somebody wrote them down.
const doubled = Array.from({ length: 60 }, (_, at) => {
  const [before, index] = [at, at + 1].map((number) => number.toString(16).padStart(2, '0'));
  return `68${before}68${before}8671${index}30`;
});
const endless = `29710030${doubled.join('')}683c`;
for (const [what, root, reason] of [
  ['a name', `${endless}7d683c4b0173`, /its entry without a name is no tensor/],
  ['a tensor', `${endless}7d580100000061683c73`, /its entry "a" is no tensor/],
  ['all there is', endless, /it holds no dictionary of tensors/],
] as const) {
  test.serial(`a tuple without end in place of ${what} is refused in a sentence`, async (t) => {
    await t.throwsAsync(readTorchBin(written(streamOf(root))), { code: 'ERR_TORCH_BIN', message: reason });
  });
}

test.serial('a text of protocol 0 is read, and the call behind it refused by name', async (t) => {
  const text = Buffer.concat([Buffer.from('Vw\\u000a\\U0001f600'), Buffer.of(0xfc, 0x0a)]).toString('hex');
  const named = written(streamOf(`7d${text}4b0173`));
  await t.throwsAsync(readTorchBin(named), { message: /its entry "w\\n😀ü" is no tensor/ });
  const call = Buffer.from('cposix\nsystem\n').toString('hex');
  await t.throwsAsync(readTorchBin(written(streamOf(text + call))), { message: /asks for posix\.system,/ });
});

test('an entry of the zip format is checked once, however many tensors lie in it', (t) => {
  const zip = new StoredZip(readFileSync(fixture('small-zip.bin')));
  for (const name of zip.names()) t.is(zip.read(name), zip.read(name));
});

for (const name of ['small-zip.bin', 'small-stream-2.bin', 'small-stream-4.bin']) {
  const whole = readFileSync(fixture(name));
  test.serial(`${name} cut at any byte is refused in a sentence`, async (t) => {
    for (let length = 0; length < whole.length; length += 1) {
      const reading = readTorchBin(written(whole.subarray(0, length)));
      await t.throwsAsync(reading, { code: 'ERR_TORCH_BIN' }, `cut at ${length}`);
    }
  });

  for (const change of [0x01, 0xff]) {
    test.serial(`${name} with any byte changed by ${change} is read or refused in a sentence`, async (t) => {
      const expected = await readTorchBin(fixture(name));
      for (let index = 0; index < whole.length; index += 1) {
        const damaged = Buffer.from(whole);
        damaged[index] = (damaged[index] ?? 0) ^ change;
        try {
          const tensors = await readTorchBin(written(damaged));
          // The zip format has sums of its own: what is read there is right. The stream has none.
          if (name.includes('zip')) t.deepEqual(tensors, expected, `byte ${index}`);
        } catch (error) {
          t.true(error instanceof QaError, `byte ${index}: ${String(error)}`);
        }
      }
    });
  }
}

test('a missing file is refused in a sentence', async (t) => {
  await t.throwsAsync(readTorchBin(join(folder, 'none.bin')), { code: 'ERR_TORCH_BIN', message: /ENOENT/ });
});
