import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readExamples } from '../../src/data/read-examples.js';
import { squadPath, squadServers } from '../../src/hub/squad-files.js';
import { serving } from '../serving.js';

const folder = mkdtempSync(join(tmpdir(), 'squad-files-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

/** As many questions as SQuAD's development set has. */
const qas = Array.from({ length: 10_570 }, (_, id) => ({ id: `q${id}`, question: 'b', answers: [] }));
const dev = JSON.stringify({ data: [{ paragraphs: [{ context: 'a', qas }] }] });
/** Likewise, by scripts/reference/tables.py. */
const parquet = readFileSync(new URL('../../../test/fixtures/hub/dev-sized.parquet', import.meta.url));

const sitePath = '/site/dev-v1.1.json';
const hubPath = '/hub/datasets/rajpurkar/squad/resolve/main/plain_text/validation-00000-of-00001.parquet';

/** Gets SQuAD's development set from servers that have `files`; tells what was asked for. */
async function fetchDev(
  cache: string,
  files: Readonly<Record<string, string | Buffer>>,
  { isOffline = false, hubCache = join(folder, 'none') } = {},
) {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    const file = files[request.url ?? ''];
    if (file === undefined) response.writeHead(404).end();
    else response.end(file);
  };
  const path = await serving(listener, (url) =>
    squadPath(cache, 'squad', 'validation', {
      site: `${url}/site`,
      hub: `${url}/hub`,
      hubCache,
      isOffline,
      patience: 20,
    }),
  );
  return { path, asked, files: readdirSync(join(cache, 'squad')).sort() };
}

test('the site is asked first, and what it gave once is not fetched again', async (t) => {
  const cache = join(folder, 'site');
  const first = await fetchDev(cache, { [sitePath]: dev, [hubPath]: parquet });
  t.deepEqual(first.asked, [sitePath]);
  t.deepEqual(first.files, ['dev-v1.1.json', 'dev-v1.1.json.sha256']);
  t.is(readFileSync(first.path, 'utf8'), dev);
  t.deepEqual((await fetchDev(cache, {})).asked, []);
  t.deepEqual((await fetchDev(cache, {}, { isOffline: true })).path, first.path);
});

test("where the site has none, the hub's Parquet file is taken", async (t) => {
  const cache = join(folder, 'hub');
  const { path, asked, files } = await fetchDev(cache, { [hubPath]: parquet });
  t.deepEqual(asked, [sitePath, hubPath]);
  t.deepEqual(files, ['validation.parquet', 'validation.parquet.sha256']);
  t.is((await readExamples(path)).examples.length, 10_570);
  t.deepEqual((await fetchDev(cache, {})).asked, []);
});

test('a file with another number of questions is not taken, nor one that is no SQuAD', async (t) => {
  const one = JSON.stringify({ data: [{ paragraphs: [{ context: 'a', qas: qas.slice(0, 1) }] }] });
  const cache = join(folder, 'wrong');
  const taken = await fetchDev(cache, { [sitePath]: one, [hubPath]: parquet });
  t.is(taken.path, join(cache, 'squad', 'validation.parquet'));
  const none = join(folder, 'none');
  await t.throwsAsync(fetchDev(none, { [sitePath]: one, [hubPath]: parquet.subarray(0, 2_000) }), {
    code: 'ERR_DATASET',
    message:
      /v1\.1.* holds 1 questions instead of 10570; .*parquet: it is not what it should be.*--train-file/,
  });
  t.deepEqual(readdirSync(join(none, 'squad')), []);
});

test('an answer that ends where its length lies is noticed by what is in it', async (t) => {
  const cache = join(folder, 'lie');
  const listener: RequestListener = (request, response) => {
    if (request.url === hubPath) response.end(parquet);
    else request.socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${dev}`);
  };
  const path = await serving(listener, (url) =>
    squadPath(cache, 'squad', 'validation', {
      site: `${url}/site`,
      hub: `${url}/hub`,
      hubCache: cache,
      isOffline: false,
      patience: 20,
    }),
  );
  t.is(path, join(cache, 'squad', 'validation.parquet'));
});

const damages: readonly (readonly [name: string, damaged: string])[] = [
  ['cut', dev.slice(0, -1_000)],
  ['empty', ''],
  ['altered in one letter', dev.replace('"question":"b"', '"question":"c"')],
];

for (const [name, damaged] of damages) {
  test(`a file of the cache that was ${name} is noticed and fetched again`, async (t) => {
    const cache = join(folder, name);
    const { path } = await fetchDev(cache, { [sitePath]: dev });
    writeFileSync(path, damaged);
    const again = await fetchDev(cache, { [sitePath]: dev });
    t.deepEqual(again.asked, [sitePath]);
    t.is(readFileSync(path, 'utf8'), dev);
    t.deepEqual((await fetchDev(cache, {})).asked, []);
  });
}

test('a file is not thrown away before another has come: its sum may be what is damaged', async (t) => {
  const cache = join(folder, 'sum');
  const { path } = await fetchDev(cache, { [sitePath]: dev });
  const sum = readFileSync(`${path}.sha256`, 'utf8');
  writeFileSync(`${path}.sha256`, sum.replace(/^./, 'x'));
  for (const isOffline of [true, false]) {
    await t.throwsAsync(fetchDev(cache, {}, { isOffline }), { code: 'ERR_DATASET' });
    t.is(readFileSync(path, 'utf8'), dev);
  }
  t.is((await fetchDev(cache, { [sitePath]: dev })).path, path);
  t.is(readFileSync(`${path}.sha256`, 'utf8'), sum);
});

test('what comes in its place and is no SQuAD does not replace it', async (t) => {
  const cache = join(folder, 'page');
  const { path } = await fetchDev(cache, { [sitePath]: dev });
  writeFileSync(`${path}.sha256`, 'damaged');
  const page = '<!doctype html><title>Log in</title>';
  await t.throwsAsync(fetchDev(cache, { [sitePath]: page, [hubPath]: page }), { code: 'ERR_DATASET' });
  t.is(readFileSync(path, 'utf8'), dev);
  t.deepEqual(readdirSync(join(cache, 'squad')), ['dev-v1.1.json', 'dev-v1.1.json.sha256']);
});

test('a file without its sum, as a kill leaves it, is counted', async (t) => {
  const cache = join(folder, 'killed');
  mkdirSync(join(cache, 'squad'), { recursive: true });
  const path = join(cache, 'squad', 'dev-v1.1.json');
  writeFileSync(path, dev);
  t.deepEqual((await fetchDev(cache, {})).asked, []);
  rmSync(`${path}.sha256`);
  writeFileSync(path, dev.slice(0, 5_000));
  t.deepEqual((await fetchDev(cache, { [sitePath]: dev })).asked, [sitePath]);
});

test('what Python fetched into the cache of the hub is taken, if it is whole', async (t) => {
  const hubCache = join(folder, 'hub-cache');
  const repository = join(hubCache, 'datasets--rajpurkar--squad');
  const snapshot = join(repository, 'snapshots', '0123', 'plain_text');
  const path = join(snapshot, 'validation-00000-of-00001.parquet');
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(repository, 'refs'));
  writeFileSync(join(repository, 'refs', 'main'), '0123');
  writeFileSync(path, parquet);
  const cache = join(folder, 'beside');
  mkdirSync(join(cache, 'squad'), { recursive: true });
  const shared = await fetchDev(cache, {}, { isOffline: true, hubCache });
  t.is(shared.path, path);
  writeFileSync(path, parquet.subarray(0, 1_000));
  const fetched = await fetchDev(cache, { [sitePath]: dev }, { hubCache });
  t.deepEqual(fetched.asked, [sitePath]);
  t.is(readFileSync(path).length, 1_000);
});

test('offline, what is not there is told in a sentence', async (t) => {
  mkdirSync(join(folder, 'offline', 'squad'), { recursive: true });
  await t.throwsAsync(fetchDev(join(folder, 'offline'), { [sitePath]: dev }, { isOffline: true }), {
    code: 'ERR_DATASET',
    message: /HF_HUB_OFFLINE asks for no network\); give the files/,
  });
});

test('the environment names the servers', (t) => {
  t.is(squadServers({}).isOffline, false);
  t.like(
    squadServers({ HF_ENDPOINT: 'http://mirror/', HF_HUB_OFFLINE: '1', QA_NATIVE_SQUAD_SITE: 'http://site' }),
    { site: 'http://site', hub: 'http://mirror', isOffline: true },
  );
});
