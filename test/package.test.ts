import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const root = fileURLToPath(new URL('../../', import.meta.url));

const readJson = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as unknown;

type Manifest = Record<'overrides' | 'dependencies' | 'bin', Readonly<Record<string, string>>>;
type Lock = Record<'packages', Readonly<Record<string, { readonly dev?: boolean }>>>;

test('versions that are chosen for what runs are dependencies: overrides count in a checkout alone', (t) => {
  const { overrides, dependencies } = readJson('package.json') as Manifest;
  const { packages } = readJson('package-lock.json') as Lock;
  const runs = (name: string) =>
    Object.entries(packages).some(([path, { dev }]) => path.endsWith(`node_modules/${name}`) && !dev);
  t.true(runs('fastify'));
  t.deepEqual(
    Object.keys(overrides).filter((name) => runs(name) && !Object.hasOwn(dependencies, name)),
    [],
  );
});

test('the command can be run as it is built: npx makes it so once, and not again for a checkout in the same place', (t) => {
  const { bin } = readJson('package.json') as Manifest;
  t.is(statSync(join(root, bin['qa-native'])).mode & 0o111, 0o111);
});

test('CommonJS can require the library: nothing in it waits as it is loaded', async (t) => {
  // The flag is for the Nodes that can, but not unasked.
  const program = ['--experimental-require-module', '-p', 'typeof require("qa-native").Reader.load'];
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: root });
  t.is(stdout, 'function\n');
});

test('an addon that cannot be loaded says what to do, also to whoever put the library into a bundle', async (t) => {
  const program = ['-e', 'import("qa-native").catch(({ code, message }) => console.log(code, message))'];
  const env = { ...process.env, QA_NATIVE_ADDON: join(root, 'nowhere.node') };
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: root, env });
  t.regex(
    stdout,
    /^ERR_ADDON_LOAD Expected the native addon at .*nowhere[.]node, but it could not be loaded/,
  );
  t.regex(stdout, /npx qa-native setup\n/);
  t.regex(stdout, /bundle: leave qa-native out of it/);
});
