import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { encodeScalars, encodeStart, encodeVersion, TensorBoardLog } from '../../src/train/tensorboard.js';
import { pythons } from '../../src/setup/python.js';
import { temporaryFolder } from '../cli/run.js';
import { readTfRecords } from '../formats/read-tfrecords.js';

interface Written {
  readonly seconds: number;
  /** Base64. */
  readonly record: string;
}

// What TensorBoard's own classes write, by scripts/reference/tensorboard_events.py.
const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/train/tensorboard.json', import.meta.url), 'utf8'),
) as {
  readonly version: Written;
  readonly starts: readonly (Written & { readonly step: number })[];
  readonly scalars: readonly (Written & {
    readonly step: number;
    readonly values: Readonly<Record<string, string>>;
  })[];
};

const folder = temporaryFolder();
const base64 = (record: Buffer) => record.toString('base64');
/** As Python's repr writes floats. */
const parse = (text: string) => (text === 'inf' ? Infinity : Number(text));

test('records are byte for byte those of TensorBoard', (t) => {
  t.is(base64(encodeVersion(fixture.version.seconds)), fixture.version.record);
  for (const { seconds, step, record } of fixture.starts) {
    t.is(base64(encodeStart(seconds, step)), record);
  }
  for (const { seconds, step, values, record } of fixture.scalars) {
    const numbers = Object.fromEntries(Object.entries(values).map(([tag, text]) => [tag, parse(text)]));
    t.is(base64(encodeScalars(seconds, step, numbers)), record);
  }
});

/** A run of six steps that was killed after the fourth and went on from the second. */
async function writeKilledRun(name: string): Promise<string> {
  const dir = join(folder, name);
  const killed = await TensorBoardLog.open(dir, 1);
  for (const step of [1, 2, 3, 4]) await killed.write(step, { 'train/loss': 10 + step });
  await killed.close();
  const resumed = await TensorBoardLog.open(dir, 3);
  for (const step of [3, 4, 5, 6]) await resumed.write(step, { 'train/loss': 10 + step });
  await resumed.close();
  return dir;
}

test('a log is a file of whole records, which a run that goes on leaves as it is', async (t) => {
  const dir = await writeKilledRun('records');
  const files = readdirSync(dir).sort();
  t.is(files.length, 2);
  t.deepEqual(
    files.map((name) => readTfRecords(readFileSync(join(dir, name))).length),
    [6, 6],
  );
});

const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
print(json.dumps([[event.step, event.value] for event in events.Scalars("train/loss")]))
`;

test("TensorBoard's own reader shows each step once", async (t) => {
  const python = pythons().find((name) => spawnSync(name, ['-c', 'import tensorboard']).status === 0);
  if (python === undefined) {
    t.log('no Python with tensorboard here; the test above compares with the bytes that it writes');
    t.pass();
    return;
  }
  const dir = await writeKilledRun('reader');
  const { status, stdout, stderr } = spawnSync(python, ['-c', program, dir], { encoding: 'utf8' });
  t.is(status, 0, stderr);
  t.deepEqual(
    JSON.parse(stdout),
    [1, 2, 3, 4, 5, 6].map((step) => [step, 10 + step]),
  );
});
