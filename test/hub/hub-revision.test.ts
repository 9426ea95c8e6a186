import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { commit } from './fake-hub.js';
import { get, model, repository, resolved, tree, wanted } from './hub-model-fixture.js';

const older = 'fedcba9876543210fedcba9876543210fedcba98';
const refOf = (name: string, revision: string) => join(repository(name), 'refs', revision);

for (const of of ['v1.0', 'refs/pr/1']) {
  for (const onlyFiles of [false, true]) {
    test(`${of} of a model comes beside its newest, from a ${onlyFiles ? 'mirror of files' : 'hub'}`, async (t) => {
      const name = `${of.replaceAll('/', '-')} ${onlyFiles}`;
      await get(name);
      const hub = { commit: older, revision: of, onlyFiles };
      const { folder, paths } = await get(name, { of, hub });
      t.is(folder, join(repository(name), 'snapshots', older));
      t.deepEqual(readdirSync(folder).sort(), wanted);
      t.is(readFileSync(refOf(name, of), 'utf8'), older);
      t.is(readFileSync(refOf(name, 'main'), 'utf8'), commit);
      t.false(paths.some((path) => path.includes('main')));

      const offline = { isOffline: true };
      t.is((await get(name, { of, ...offline })).folder, folder);
      t.is((await get(name, offline)).folder, join(repository(name), 'snapshots', commit));
    });
  }
}

test('a commit of a model comes, and is no branch in the cache', async (t) => {
  const { folder, paths } = await get('commit', { of: commit });
  const files = ['config.json', 'vocab.txt', 'model.safetensors'].map(resolved);
  t.deepEqual(paths.slice(0, 5), [`/api/models/${model}/revision/${commit}`, tree, ...files]);
  t.false(existsSync(join(repository('commit'), 'refs')));
  t.is((await get('commit', { of: commit, isOffline: true })).folder, folder);
  await t.throwsAsync(get('commit', { isOffline: true }), { code: 'ERR_HUB' });
});

for (const onlyFiles of [false, true]) {
  test(`another commit than the one asked for is refused, of a ${onlyFiles ? 'mirror of files' : 'hub'}`, async (t) => {
    const message =
      /^Expected the model "somebody\/a-bert@fedcba\w+" .* but it answered with the commit 012345\w+; /;
    const hub = { revision: older, onlyFiles };
    await t.throwsAsync(get(`another ${onlyFiles}`, { of: older, hub }), { code: 'ERR_HUB', message });
  });
}

test('a revision that there is not is refused by its name', async (t) => {
  const message = /^Expected the model "somebody\/a-bert@v9" from the hub .* but it has none of this name; /;
  await t.throwsAsync(get('none', { of: 'v9' }), { code: 'ERR_HUB', message });
});
