import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import yargs from 'yargs';
import { packageRoot } from '../src/setup/paths.js';

// Kills a small run with SIGKILL at random moments, every second time as soon as a save has begun, lets it go on each
// time, and compares what comes out with a run that never stopped, byte for byte. It saves after every step, so that
// most kills fall near a save. What follows `--` are further flags of the run.
//   node dist/scripts/check-resume.js --kills 50 -- --gradient-accumulation-steps 3 --load-best-model-at-end

const qaNative = join(packageRoot, 'dist', 'bin', 'qa-native.js');
const steps = 300;
const compared = ['model.safetensors', 'train_log.jsonl', 'eval_log.jsonl'];

const { kills, _: flags } = await yargs(process.argv.slice(2))
  .option('kills', { type: 'number', default: 20 })
  .strictOptions()
  .parse();

const tinyBert = {
  model_type: 'bert',
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 32,
  max_position_embeddings: 128,
};

function commandLine(root: string, outputDir: string, ...more: readonly string[]): string[] {
  return [
    ...[qaNative, 'train', 'bert-mini', '--dataset', 'sample', '--config-name', join(root, 'tiny.json')],
    ...['--max-train-samples', '60', '--max-steps', String(steps), '--save-steps', '1', '--no-eval'],
    ...['--validation-file', join(root, 'few.json'), '--eval-strategy', 'steps', '--eval-steps', '40'],
    ...[...flags.map(String), '--output-dir', outputDir, ...more],
  ];
}

function run(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Expected a run to end well, but it ended with ${status}: ${stderr}`);
}

const isSaving = (dir: string) => existsSync(dir) && readdirSync(dir).some((name) => name.endsWith('.tmp'));
const hasCheckpoint = (dir: string) =>
  existsSync(dir) && readdirSync(dir).some((name) => /^checkpoint-\d+$/.test(name));

/** Where a slow machine was killed before its first save there is nothing to go on from. */
function goOn(root: string, dir: string): string[] {
  return commandLine(root, dir, ...(hasCheckpoint(dir) ? ['--resume-from-checkpoint'] : []));
}

/** Starts a run and kills it; false where it had ended before. */
async function killOne(args: readonly string[], dir: string, whileSaving: boolean): Promise<boolean> {
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('close', (_, signal) => {
      resolve(signal);
    });
  });
  if (whileSaving) {
    while (!isSaving(dir) && child.exitCode === null) await sleep(0);
    await sleep(Math.random() * 20);
  } else {
    await sleep(Math.random() * 6000);
  }
  child.kill('SIGKILL');
  return (await ended) === 'SIGKILL';
}

async function main(): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'check-resume-'));
  try {
    writeFileSync(join(root, 'tiny.json'), JSON.stringify(tinyBert));
    const sample = join(packageRoot, 'src', 'data', 'sample', 'validation.json');
    const { data } = JSON.parse(readFileSync(sample, 'utf8')) as { data: { paragraphs: object[] }[] };
    const few = [{ ...data[0], paragraphs: data[0].paragraphs.slice(0, 1) }];
    writeFileSync(join(root, 'few.json'), JSON.stringify({ data: few }));

    const whole = join(root, 'whole');
    run(commandLine(root, whole));

    const dir = join(root, 'killed');
    let [killed, midSave] = [0, 0];
    for (let index = 0; index < kills; index += 1) {
      if (!(await killOne(goOn(root, dir), dir, index % 2 === 1))) break;
      killed += 1;
      if (isSaving(dir)) midSave += 1;
    }
    run(goOn(root, dir));

    const different = compared.filter(
      (name) => !readFileSync(join(dir, name)).equals(readFileSync(join(whole, name))),
    );
    const outcome = different.length === 0 ? 'the same bytes' : `other bytes in ${different.join(', ')}`;
    process.stdout.write(`${killed} kills, ${midSave} of them in the middle of a save: ${outcome}.\n`);
    return different.length === 0 ? 0 : 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

process.exitCode = await main();
