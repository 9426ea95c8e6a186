import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { tensor } from '../src/create.js';
import { runtimeInfo, setNumThreads, useExactArithmetic } from '../src/runtime.js';
import type { Device, Shape, Tensor } from '../src/tensor.js';

// Fixtures hold what Python computed. Floating-point numbers can be expected bit for bit only from the same LibTorch
// on the same kind of processor; elsewhere tests compare to 1e-6 (on a GPU to 1e-5), and say so.

/** A tensor as scripts/reference/fixture_file.py writes it. */
export interface Encoded {
  readonly shape: Shape;
  /** Base64 of little-endian float32; of a large tensor only every `stride`-th element. */
  readonly data?: string;
  readonly stride?: number;
  /** SHA-256 of all bytes of a large tensor. */
  readonly sha256?: string;
  /** Elements of a tensor of integers or booleans. */
  readonly values?: readonly number[];
}

/** What the bits depend on, as it was where the fixture was written. */
export interface Recorded {
  readonly torch: string;
  readonly cpuCapability: string;
  /** The processor's model name. */
  readonly cpu: string;
  readonly threads: number;
}

export interface Fixture {
  readonly recorded: Recorded;
}

/** Whose processor: `amd`, `intel`, or its name. */
const vendorOf = (model = '') => /intel|amd/i.exec(model)?.[0].toLowerCase() ?? model;
const vendor = vendorOf(cpus()[0]?.model);

/**
 * Reads test/fixtures/`name` (compiled tests lie in dist/test), as it was recorded on a processor like this one where
 * its numbers depend on that. From then on this process computes with as many threads as Python did: sums over threads,
 * in LayerNorm's gradients for one, have other last bits.
 */
export function readFixture(name: string): unknown {
  const candidates = [`${vendor}/`, 'amd/', ''].map(
    (folder) => new URL(`../../test/fixtures/${folder}${name}`, import.meta.url),
  );
  const url = candidates.find((candidate) => existsSync(candidate));
  if (url === undefined) throw new Error(`Expected a fixture ${name}, but there is none.`);
  const fixture = JSON.parse(readFileSync(url, 'utf8')) as Fixture;
  setNumThreads(fixture.recorded.threads);
  return fixture;
}

/** The float32 elements that the fixture stores: all of them, or a large tensor's sample. */
function floats(encoded: Encoded): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(encoded.data ?? '', 'base64'));
  return new Float32Array(bytes.buffer);
}

/** The tensor, in full: float32, or int64 for integers. */
export function decode(encoded: Encoded, device: Device = 'cpu'): Tensor {
  if (encoded.sha256 !== undefined)
    throw new Error('Expected a whole tensor, got the sample of a large one.');
  return encoded.values === undefined
    ? tensor(floats(encoded), encoded.shape, { device })
    : tensor(Int32Array.from(encoded.values), encoded.shape, { device });
}

export function decodeAll(encoded: Readonly<Record<string, Encoded>>, device?: Device): Map<string, Tensor> {
  return new Map(Object.entries(encoded).map(([name, item]) => [name, decode(item, device)]));
}

/** Declares tests for the CPU and for a GPU; where there is none, a skipped test says so. */
export function onEveryDevice(declare: (device: Device) => void): void {
  declare('cpu');
  if (runtimeInfo().cudaDevices > 0) {
    // As every run does it: left alone, cuDNN multiplies with ten bits of mantissa.
    useExactArithmetic();
    declare('cuda');
  } else test.skip(`on cuda: LibTorch ${runtimeInfo().torchVersion} sees no GPU here`, (t) => t.fail());
}

interface ComparisonOptions {
  /** Where the compared numbers were computed. Fixtures come from the CPU. */
  readonly device?: Device;
  /** Allowed difference where the bits may differ; 1e-6 by default, 1e-5 on a GPU. */
  readonly tolerance?: number;
}

/**
 * Compares with a fixture's numbers: by `===` where Python's bits are to be expected, else to 1e-6 of the tensor's
 * largest element (of 1 where that is smaller).
 */
export class Comparison {
  readonly #tolerance: number;

  constructor(
    private readonly t: ExecutionContext,
    recorded: Recorded,
    { device = 'cpu', tolerance = device === 'cpu' ? 1e-6 : 1e-5 }: ComparisonOptions = {},
  ) {
    const here = runtimeInfo();
    const differences = [
      ['LibTorch', here.torchVersion.split('+')[0], recorded.torch],
      ['CPU capability', here.cpuCapability, recorded.cpuCapability],
      ['processor', vendor, vendorOf(recorded.cpu)],
      ['device', device, 'cpu'],
    ].flatMap(([what, now, then]) => (now === then ? [] : [`${what} ${now} (fixture: ${then})`]));
    this.#tolerance = differences.length === 0 ? 0 : tolerance;
    if (differences.length > 0) t.log(`compared to ${tolerance}, not to the bit: ${differences.join(', ')}`);
  }

  /** Whether numbers are compared to the bit. */
  get exact(): boolean {
    return this.#tolerance === 0;
  }

  tensor(actual: Tensor | null, expected: Encoded, name: string): void {
    if (actual === null) {
      this.t.fail(`${name}: expected a tensor, got null`);
      return;
    }
    this.t.deepEqual(actual.shape, expected.shape, `${name}: shape`);
    const all = actual.toFloat32Array();
    const stored = floats(expected);
    const stride = expected.stride ?? 1;
    const sample = stride === 1 ? all : all.filter((_, index) => index % stride === 0);
    this.#elements(sample, stored, name);
    if (expected.sha256 !== undefined && this.exact) {
      const bytes = new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
      this.t.is(
        createHash('sha256').update(bytes).digest('hex'),
        expected.sha256,
        `${name}: not the same bits`,
      );
    }
  }

  number(actual: number, expected: number, name: string): void {
    this.#elements([actual], [expected], name);
  }

  #elements(actual: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
    this.t.is(actual.length, expected.length, `${name}: number of elements`);
    const scale = Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    for (let i = 0; i < expected.length; i++) {
      const [a, b] = [actual[i] ?? NaN, expected[i] ?? NaN];
      if (a === b || Math.abs(a - b) <= this.#tolerance * scale) continue;
      this.t.fail(`${name}: element ${i} is ${a}, expected ${b}`);
      return;
    }
    this.t.pass();
  }
}
