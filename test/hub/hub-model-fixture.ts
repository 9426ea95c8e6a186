import { join } from 'node:path';
import { hubModel } from '../../src/hub/hub-model.js';
import type { HubName } from '../../src/hub/hub-name.js';
import type { ModelPart } from '../../src/hub/model-parts.js';
import { temporaryFolder } from '../cli/run.js';
import { serving } from '../serving.js';
import { commit, fakeHub, type Trouble } from './fake-hub.js';

// A model of a fake hub, and a cache of this test file that it comes into.

export const root = temporaryFolder();
export const model = 'somebody/a-bert';
export const named: HubName = { text: model, name: model, revision: 'main' };
export const weights = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
export const json = (value: object) => Buffer.from(JSON.stringify(value));
export const files = {
  'README.md': Buffer.from('not wanted'),
  'config.json': json({ model_type: 'bert' }),
  'vocab.txt': Buffer.from('[PAD]\n[UNK]\n[CLS]\n[SEP]\n'),
  'model.safetensors': weights,
  'pytorch_model.bin': Buffer.from('not wanted where there are safetensors'),
};
export const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
export const wanted = ['config.json', 'model.safetensors', 'vocab.txt'];

export const revision = `/api/models/${model}/revision/main`;
export const tree = `/api/models/${model}/tree/${commit}`;
export const resolved = (name: string) => `/${model}/resolve/${commit}/${name}`;
export const stored = '/storage/model.safetensors';

/** A trouble that does not pass. */
export const always = (trouble: Trouble) => Array.from({ length: 20 }, () => trouble);

interface Asking {
  readonly hub?: Parameters<typeof fakeHub>[2];
  readonly contents?: Readonly<Record<string, Buffer>>;
  readonly part?: ModelPart;
  readonly token?: string;
  readonly isOffline?: boolean;
  readonly patience?: number;
  /** A branch, a tag or a commit. */
  readonly of?: string;
}

/** Gets the model into a cache from a fake hub; tells what was asked for. */
export async function get(name: string, asking: Asking = {}) {
  const { hub, contents = files, part, token, isOffline = false, patience = 20 } = asking;
  const at =
    asking.of === undefined ? named : { text: `${model}@${asking.of}`, name: model, revision: asking.of };
  const { listener, asked } = fakeHub(model, contents, hub);
  const cache = join(root, name);
  const folder = await serving(listener, (endpoint) =>
    hubModel(at, part, { endpoint, cache, isOffline, token, patience }),
  );
  return { folder, asked, paths: asked.map(({ path }) => path) };
}

export const repository = (name: string) => join(root, name, 'models--somebody--a-bert');
