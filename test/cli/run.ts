import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sample } from '../../src/data/sample.js';

/** The program that users type. */
export const bin = fileURLToPath(new URL('../../bin/qa-native.js', import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `qa-native` as a user does, in a process of its own. */
export function qaNative(...args: readonly string[]): Promise<Result> {
  return run(args);
}

/** The same with more in its environment. */
export function qaNativeWith(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Result> {
  return run(args, { environment });
}

/** The same with a text on its standard input. */
export function qaNativeReading(input: string, ...args: readonly string[]): Promise<Result> {
  return run(args, { input });
}

interface Surroundings {
  readonly environment?: NodeJS.ProcessEnv;
  readonly input?: string;
}

function run(args: readonly string[], { environment = {}, input = '' }: Surroundings = {}): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    // One that ends before it has read all of it is no failure of the test.
    child.stdin.on('error', () => undefined).end(input);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** A folder of this test file, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qa-native-'));
  test.after.always(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A config.json of a BERT that trains in no time. */
export function writeTinyConfig(folder: string): string {
  const path = join(folder, 'tiny.json');
  const config = {
    model_type: 'bert',
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 128,
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** The questions about one paragraph of the sample, which are scored in no time. */
export function writeFewQuestions(folder: string): string {
  const path = join(folder, 'few.json');
  const { data } = JSON.parse(readFileSync(sample.validationFile, 'utf8')) as {
    data: { paragraphs: object[] }[];
  };
  const [article] = data;
  writeFileSync(path, JSON.stringify({ data: [{ ...article, paragraphs: article.paragraphs.slice(0, 1) }] }));
  return path;
}

/** Flags of `train` for a run of moments: three steps on twenty questions of the sample, with the config.json given. */
export function tinyRun(config: string): string[] {
  const data = ['--dataset', 'sample', '--config-name', config, '--max-train-samples', '20'];
  return [...data, '--max-steps', '3', '--logging-steps', '2'];
}
