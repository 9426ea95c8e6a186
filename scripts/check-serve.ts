import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import yargs from 'yargs';
import { longTexts } from './long-texts.js';

// Has many clients at once ask `qa-native serve` (Linux: memory is read from /proc): about short texts and long ones,
// with bodies that are broken or too large, going away before the answer comes, or never finishing what they began.
// Prints what they were answered and how long that took, the server's memory, and how long /health took, which is its
// event loop's delay and more. Fails where a good question got anything but an answer or a 503, or the server does not
// end with 0.

const bin = fileURLToPath(new URL('../bin/qa-native.js', import.meta.url));
const [short] = longTexts(300);
const long = longTexts(20_000);
// Once: clients that compute would be a delay of the server's in what is measured.
const huge = Buffer.from(JSON.stringify({ question: short.question, context: 'x'.repeat(5_000_000) }));

/** What clients do, in turn, and the statuses that they may get. */
const behaviours: readonly { readonly name: string; readonly expected: readonly string[] }[] = [
  { name: 'short', expected: ['200', '503'] },
  { name: 'long', expected: ['200', '503'] },
  { name: 'broken', expected: ['400', '503'] },
  { name: 'huge', expected: ['413', '503', 'closed'] },
  { name: 'leaving', expected: ['left', '200', '503'] },
  { name: 'slow', expected: ['closed'] },
];

async function post(address: string, body: string | Buffer, signal?: AbortSignal): Promise<string> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${address}/answer`, {
      method: 'POST',
      headers,
      body,
      signal: signal ?? null,
    });
    await response.arrayBuffer();
    return String(response.status);
  } catch {
    return signal?.aborted === true ? 'left' : 'closed';
  }
}

/** Begins a request and waits for the server to end it. */
async function dawdle(address: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).resume();
  socket.write(
    'POST /answer HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{',
  );
  await once(socket, 'close');
  return 'closed';
}

async function act(name: string, address: string, client: number): Promise<string> {
  const { question, context } = name === 'long' ? long[client % long.length] : short;
  const body = JSON.stringify({ question, context, topK: 5 });
  if (name === 'broken') return post(address, body.slice(0, -1));
  if (name === 'huge') return post(address, huge);
  if (name === 'leaving') return post(address, body, AbortSignal.timeout(20));
  if (name === 'slow') return dawdle(address);
  return post(address, body);
}

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Looks at the server's memory and health until it is stopped. */
async function watch(address: string, pid: number, signal: AbortSignal) {
  const seen = { resident: 0, delays: [] as number[] };
  while (!signal.aborted) {
    const began = performance.now();
    await (await fetch(`${address}/health`)).arrayBuffer();
    seen.delays.push(performance.now() - began);
    seen.resident = Math.max(seen.resident, residentMegabytes(pid));
    await sleep(50);
  }
  return seen;
}

/** The median, the 95th percentile and the longest of some times in milliseconds. */
function percentiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
  return `${at(0.5)} ms at the median, ${at(0.95)} ms at 95 %, ${at(1)} ms at most`;
}

const args = await yargs(process.argv.slice(2))
  .option('model-dir', { type: 'string', demandOption: true, describe: 'a trained model' })
  .option('clients', { type: 'number', default: 200 })
  .option('rounds', { type: 'number', default: 10, describe: 'requests of each client' })
  .strict()
  .parseAsync();
const child = spawn(process.execPath, [bin, 'serve', '--model-dir', args.modelDir, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const exited = once(child, 'exit');
const [line] = (await once(child.stdout, 'data')) as [Buffer];
const address = /at (http:\S+) /.exec(line.toString())?.[1] ?? '';
const pid = child.pid ?? 0;
const before = residentMegabytes(pid);
const done = new AbortController();
const watching = watch(address, pid, done.signal);

/** How long each outcome took, each time that it came. */
const outcomes = new Map<string, number[]>();
const began = performance.now();
await Promise.all(
  Array.from({ length: args.clients }, async (_, client) => {
    for (let round = 0; round < args.rounds; round++) {
      const { name, expected } = behaviours[(client + round) % behaviours.length];
      const asked = performance.now();
      const outcome = await act(name, address, client);
      const label = `${name}: ${outcome}${expected.includes(outcome) ? '' : ' (UNEXPECTED)'}`;
      outcomes.set(label, [...(outcomes.get(label) ?? []), performance.now() - asked]);
    }
  }),
);
const seconds = (performance.now() - began) / 1000;
done.abort();
const { resident, delays } = await watching;
const after = residentMegabytes(pid);
child.kill('SIGTERM');
const [code] = (await exited) as [number | null];

for (const [label, times] of [...outcomes].sort()) {
  process.stdout.write(`${label}  ${times.length}  in ${percentiles(times)}\n`);
}
process.stdout.write(
  `${args.clients} clients, ${args.rounds} requests each, in ${seconds.toFixed(1)} s; memory ${before.toFixed(0)} MB before, ` +
    `${resident.toFixed(0)} MB at most, ${after.toFixed(0)} MB after; /health in ${percentiles(delays)}; the server ended ` +
    `with ${String(code)}\n`,
);
process.exitCode = code === 0 && ![...outcomes.keys()].some((label) => label.includes('UNEXPECTED')) ? 0 : 1;
