import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { hubSettings } from '../../src/hub/hub-settings.js';
import { temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();

test('without a word of the environment it is the hub, and the cache of the home folder', (t) => {
  const { endpoint, cache, isOffline, patience } = hubSettings({});
  t.is(endpoint, 'https://huggingface.co');
  t.is(cache, join(homedir(), '.cache', 'huggingface', 'hub'));
  t.false(isOffline);
  t.is(patience, 10);
});

test('the cache is where Python has it', (t) => {
  const cacheOf = (env: NodeJS.ProcessEnv) => hubSettings(env).cache;
  t.is(cacheOf({ XDG_CACHE_HOME: '/x' }), join('/x', 'huggingface', 'hub'));
  t.is(cacheOf({ XDG_CACHE_HOME: '/x', HF_HOME: '/hf' }), join('/hf', 'hub'));
  t.is(cacheOf({ HF_HOME: '/hf', HF_HUB_CACHE: '/cache' }), '/cache');
  t.is(cacheOf({ HF_HOME: '~/hf' }), join(homedir(), 'hf', 'hub'));
});

test('the mirror, the network and the patience are the environment’s', (t) => {
  const env = { HF_ENDPOINT: 'http://mirror/', HF_HUB_OFFLINE: 'TRUE', HF_HUB_DOWNLOAD_TIMEOUT: '3' };
  t.like(hubSettings(env), { endpoint: 'http://mirror', isOffline: true, patience: 3 });
  t.like(hubSettings({ HF_HUB_OFFLINE: '0', HF_HUB_DOWNLOAD_TIMEOUT: 'soon' }), {
    isOffline: false,
    patience: 10,
  });
});

test('an empty mirror is none, and what is no address is refused', (t) => {
  t.is(hubSettings({ HF_ENDPOINT: '' }).endpoint, 'https://huggingface.co');
  for (const HF_ENDPOINT of ['mirror.example', 'ftp://mirror.example', 'https://']) {
    t.throws(() => hubSettings({ HF_ENDPOINT }), {
      message: `Expected HF_ENDPOINT to be an address such as https://huggingface.co, got "${HF_ENDPOINT}"; correct it or leave it out.`,
    });
  }
});

test('the token is that of the environment, else of the file that a login leaves', (t) => {
  const home = join(folder, 'home');
  mkdirSync(home);
  t.is(hubSettings({ HF_HOME: home }).token, undefined);
  writeFileSync(join(home, 'token'), 'hf_file\n');
  t.is(hubSettings({ HF_HOME: home }).token, 'hf_file');
  t.is(hubSettings({ HF_HOME: home, HF_TOKEN: ' hf_\ngiven ' }).token, 'hf_given');
  writeFileSync(join(folder, 'other'), 'hf_other');
  t.is(hubSettings({ HF_HOME: home, HF_TOKEN_PATH: join(folder, 'other') }).token, 'hf_other');
});
