import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { resolveDataset } from '../../src/hub/datasets.js';
import { download } from '../../src/hub/download.js';
import { squadPaths } from '../../src/hub/squad-files.js';
import { sample } from '../../src/data/sample.js';

const folder = mkdtempSync(join(tmpdir(), 'hub-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

/** Serves one answer on this machine while `work` runs. */
async function serving(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a download is whole', async (t) => {
  const path = join(folder, 'whole', 'file');
  await serving(
    (_, response) => response.end('all of it'),
    async (url) => {
      await download(url, path);
    },
  );
  t.deepEqual(readdirSync(join(folder, 'whole')), ['file']);
});

const failures: [string, RequestListener, RegExp][] = [
  ['a 404', (_, response) => response.writeHead(404).end(), /the server answered 404/],
  ['a 503', (_, response) => response.writeHead(503).end(), /the server answered 503/],
  [
    'an answer that is cut',
    (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('some', () => response.destroy());
    },
    /failed \(.+\)/,
  ],
];

for (const [name, listener, expected] of failures) {
  test(`${name} leaves nothing behind`, async (t) => {
    const path = join(folder, name, 'file');
    await serving(listener, async (url) => {
      await t.throwsAsync(download(url, path), { code: 'ERR_DOWNLOAD', message: expected });
    });
    t.true(!existsSync(join(folder, name)) || readdirSync(join(folder, name)).length === 0);
  });
}

const oneQuestion = JSON.stringify({
  data: [{ paragraphs: [{ context: 'a', qas: [{ id: '1', question: 'b', answers: [] }] }] }],
});

test('a file of SQuAD with another number of questions is not taken', async (t) => {
  const cache = join(folder, 'cache');
  await serving(
    (_, response) => response.end(oneQuestion),
    async (url) => {
      await t.throwsAsync(squadPaths(cache, url), {
        code: 'ERR_DATASET',
        message: /holds 1 questions instead of 87599.*--train-file/,
      });
    },
  );
  t.deepEqual(readdirSync(join(cache, 'squad')), []);
});

test("files of one's own go before the data set's, and need no download", async (t) => {
  const own = { trainFile: sample.validationFile, validationFile: sample.trainFile };
  const { trainFile, validationFile } = await resolveDataset(
    { dataset: 'squad', ...own },
    join(folder, 'none'),
  );
  t.deepEqual({ trainFile, validationFile }, own);
  const mixed = await resolveDataset({ dataset: 'sample', trainFile: sample.validationFile }, folder);
  t.is(mixed.trainFile, sample.validationFile);
  t.is(mixed.validationFile, sample.validationFile);
  await t.throwsAsync(resolveDataset({ trainFile: 'none.json' }, folder), { code: 'ERR_NO_FILE' });
});
