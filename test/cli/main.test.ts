import test from 'ava';
import { reproduceCommand } from '../../src/cli/reproduce.js';
import { qaNativeWith } from './run.js';

/** Where nothing was built. */
const unbuilt = (...args: readonly string[]) =>
  qaNativeWith({ QA_NATIVE_ADDON: '/nowhere/qa_native.node' }, ...args);

const commands = 'train eval reproduce report predict serve score check features setup doctor'.split(' ');

test('help is there before anything is built, for every command', async (t) => {
  const { stdout } = await unbuilt('--help');
  for (const name of commands) {
    t.true(stdout.includes(`qa-native ${name}`), name);
    const help = await unbuilt(name, '--help');
    t.is(help.code, 0, help.stderr);
    t.true(help.stdout.startsWith(`qa-native ${name}`), help.stdout);
  }
});

test('so is the version', async (t) => {
  const { code, stdout } = await unbuilt('--version');
  t.is(code, 0);
  t.regex(stdout, /^\d+\.\d+\.\d+$/m);
});

test('lines of help are broken between words', async (t) => {
  const { stdout } = await unbuilt('--help');
  const words = new Set(stdout.split(/\s+/));
  for (const word of String(reproduceCommand.describe).split(' ')) t.true(words.has(word), word);
});

test("all is said in one language, whatever the machine's is", async (t) => {
  const { stdout } = await qaNativeWith({ LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' }, 'score', '-h');
  t.regex(stdout, /Options:\n +-h, --help +Show help/);
});
