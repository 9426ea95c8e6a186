import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import test from 'ava';
import { archiveUrl, downloadArchive } from '../../src/setup/libtorch-archive.js';
import { readVersion } from '../../src/setup/libtorch-folder.js';
import { NotHere } from '../../src/setup/not-here.js';
import { temporaryFolder } from '../cli/run.js';
import { serving } from '../serving.js';
import { libtorchFiles, setEnvironment, writeZip } from './fakes.js';

const root = temporaryFolder();
const archive = readFileSync(writeZip(join(root, 'good.zip'), 'libtorch/', libtorchFiles('2.13.0+cpu')));
const foreign = readFileSync(writeZip(join(root, 'foreign.zip'), 'other/', { 'a.txt': 'a' }));

test('the official archive of each platform', (t) => {
  const url = (cuda: boolean, platform: string, arch: string, glibc = platform === 'linux') =>
    archiveUrl('2.13.0', cuda, { platform, arch, glibc }, 'https://site');
  t.is(url(false, 'linux', 'x64'), 'https://site/cpu/libtorch-shared-with-deps-2.13.0%2Bcpu.zip');
  t.is(url(true, 'linux', 'x64'), 'https://site/cu130/libtorch-shared-with-deps-2.13.0%2Bcu130.zip');
  t.is(url(false, 'darwin', 'arm64'), 'https://site/cpu/libtorch-macos-arm64-2.13.0.zip');
  t.throws(() => url(false, 'linux', 'arm64'), { instanceOf: NotHere, message: 'none for linux on arm64' });
  t.throws(() => url(false, 'linux', 'x64', false), {
    instanceOf: NotHere,
    message: /without glibc, such as Alpine/,
  });
});

test('an archive is downloaded and unpacked, and says so', async (t) => {
  const target = join(root, 'good', 'libtorch');
  const said: string[] = [];
  await serving(
    (_, response) => response.end(archive),
    (site) => downloadArchive('2.13.0', target, (text) => said.push(text), site),
  );
  t.is(readVersion(target), '2.13.0+cpu');
  t.deepEqual(readdirSync(join(root, 'good')), ['libtorch']);
  t.regex(said[0] ?? '', /^Downloading LibTorch 2\.13\.0 from http/);
});

test.serial('nothing is downloaded where nothing can unpack it', async (t) => {
  const { PATH } = process.env;
  setEnvironment({ PATH: join(root, 'no-programs'), QA_NATIVE_PYTHON: undefined });
  let asked = 0;
  await serving(
    (_, response) => {
      asked += 1;
      response.end(archive);
    },
    async (site) => {
      await t.throwsAsync(
        downloadArchive('2.13.0', join(root, 'no-python', 'libtorch'), () => undefined, site),
        { instanceOf: NotHere, message: 'no Python with zipfile' },
      );
    },
  );
  setEnvironment({ PATH });
  t.is(asked, 0);
});

const failures: [string, RequestListener, RegExp][] = [
  ['a 404', (_, response) => response.writeHead(404).end(), /answered 404/],
  ['a 500', (_, response) => response.writeHead(500).end('sorry'), /answered 500/],
  [
    'an answer that is cut',
    (_, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100), () => response.destroy());
    },
    /the download broke off \(.+\)/,
  ],
  [
    'an answer without its length that is cut',
    (_, response) => {
      response.writeHead(200);
      response.write(archive.subarray(0, 100), () => response.destroy());
    },
    /the download broke off \(.+\)/,
  ],
  [
    'an answer that is longer than it says',
    (request) => {
      request.socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${'x'.repeat(100)}`);
    },
    /broke off|could not be unpacked/,
  ],
  ['what is no zip', (_, response) => response.end('<html>'), /could not be unpacked \(.*BadZipFile.*\)/],
  [
    'a zip without LibTorch',
    (_, response) => response.end(foreign),
    /lacks include\/ATen or lib\/libtorch_cpu/,
  ],
];

for (const [name, listener, message] of failures) {
  test(`${name} is a reason to go on, and leaves nothing behind`, async (t) => {
    const target = join(root, name, 'libtorch');
    await serving(listener, async (site) => {
      await t.throwsAsync(
        downloadArchive('2.13.0', target, () => undefined, site),
        { instanceOf: NotHere, message },
      );
    });
    t.true(!existsSync(join(root, name)) || readdirSync(join(root, name)).length === 0);
  });
}
