import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import {
  announce,
  cutAt,
  hangUp,
  neverAnswer,
  refuse,
  sendInstead,
  sha256,
  stallAt,
  type Trouble,
} from './fake-hub.js';
import {
  always,
  get,
  json,
  model,
  repository,
  resolved,
  revision,
  stored,
  tree,
  weights,
} from './hub-model-fixture.js';

// A hub that cuts, stalls, refuses and lies.

const recoveries: Readonly<Record<string, Readonly<Record<string, readonly Trouble[]>>>> = {
  'busy at every door': {
    [revision]: [refuse(503), refuse(429)],
    [tree]: [refuse(500)],
    [resolved('config.json')]: [refuse(503)],
    [stored]: [refuse(503)],
  },
  'hung up at every door': {
    [revision]: [hangUp],
    [tree]: [hangUp],
    [resolved('vocab.txt')]: [hangUp],
    [stored]: [hangUp],
  },
  'cut in the middle': {
    [stored]: [cutAt(100_000)],
    [resolved('config.json')]: [cutAt(3)],
    [tree]: [announce(400)],
  },
  'cut where its answer ended, by the length it announced': {
    [revision]: [sendInstead(() => Buffer.from('{"_id":"1","id":'))],
    [tree]: [sendInstead(() => Buffer.from('[{"type":"fi'))],
  },
  'stalled in the middle': { [stored]: [stallAt(100_000)], [revision]: [neverAnswer] },
  'a length that is too small': { [stored]: [announce(200_000)] },
  'a length that is too large': { [stored]: [announce(400_000)] },
};

for (const [name, troubles] of Object.entries(recoveries)) {
  test(`a model comes whole from a hub that was ${name}`, async (t) => {
    const { folder } = await get(name, {
      hub: { troubles },
      patience: name.startsWith('stalled') ? 0.5 : 20,
    });
    t.true(readFileSync(join(folder, 'model.safetensors')).equals(weights));
    t.is(readdirSync(join(repository(name), 'blobs')).length, 3);
  });
}

const other = sendInstead((content) => Buffer.alloc(content.length, 7));
const longer = sendInstead((content) => Buffer.concat([content, Buffer.from('more')]));

const failures: Readonly<Record<string, readonly [Readonly<Record<string, readonly Trouble[]>>, RegExp]>> = {
  'no such model': [
    { [revision]: always(refuse(404)), [`/${model}/resolve/main/config.json`]: always(refuse(404)) },
    /has none of this name; check the name, give a folder/,
  ],
  'not ours to read': [
    { [revision]: always(refuse(401)) },
    /it answered 401: without a token .* set HF_TOKEN/,
  ],
  'a gate before the weights': [{ [resolved('model.safetensors')]: always(refuse(403)) }, /it answered 403/],
  'a file that is gone': [
    { [stored]: always(refuse(404)) },
    /a file that it tells of is not there \(404\); try/,
  ],
  'busy for good': [{ [revision]: always(refuse(503)) }, /it answered 503; try again/],
  'busy with the weights': [{ [stored]: always(refuse(503)) }, /the server answered 503; try again/],
  'never an answer': [{ [revision]: always(neverAnswer) }, /cannot be reached \(.*timeout.*\); try again/],
  'a list that is none': [
    { [tree]: always(sendInstead(() => Buffer.from('<html>'))) },
    /its answer is no list of files \(.* is not valid JSON\); try/,
  ],
  'a list of nothing': [
    { [tree]: always(sendInstead(() => Buffer.from('[null]'))) },
    /but its answer is no list of files \(.*\); try/,
  ],
  'a list without end': [
    { [tree]: always(sendInstead(() => Buffer.alloc(2 ** 26 + 1, ' '))) },
    /but the hub's answer goes on after 67108864 bytes; try/,
  ],
  'a commit that is none': [
    { [revision]: always(sendInstead(() => json({ id: model, sha: '../../..' }))) },
    /names the commit "\.\.\/\.\.\/\.\."; try/,
  ],
  'other bytes': [
    { [stored]: always(other) },
    /model\.safetensors came with another hash than the hub lists/,
  ],
  'too many bytes': [{ [stored]: always(longer) }, /more than its 300000 bytes came/],
  'stalled for good': [{ [stored]: always(stallAt(100_000)) }, /nothing came for 0\.3 seconds/],
};

for (const [name, [troubles, message]] of Object.entries(failures)) {
  test(`what was whole stays whole, and a sentence says why: ${name}`, async (t) => {
    const patience = /never|stalled/.test(name) ? 0.3 : 20;
    const error = await t.throwsAsync(get(name, { hub: { troubles }, patience }), {
      code: 'ERR_HUB',
      message,
    });
    t.regex(error?.message ?? '', /^Expected the model "somebody\/a-bert" from the hub at http[^\n]+\.$/);
    const blobs = join(repository(name), 'blobs', sha256(weights));
    t.false(existsSync(blobs));
    t.false(existsSync(join(repository(name), 'refs', 'main')));
    // With a copy in the cache the same trouble costs nothing.
    await get(name);
    t.true(
      readFileSync(join((await get(name, { hub: { troubles }, patience })).folder, 'vocab.txt')).length > 0,
    );
    t.true(readFileSync(blobs).equals(weights));
  });
}
