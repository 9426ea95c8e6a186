import { join } from 'node:path';
import type { Example, Feature } from '../data/examples.js';
import { cachedFeatures } from '../data/feature-cache.js';
import { prepareFeatures, type FeatureOptions } from '../data/features.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { cacheDir } from '../setup/paths.js';

/** Fewer questions are prepared in a quarter of a second, which is not worth a file. */
const fewestKept = 20_000;

/**
 * The windows of questions. Those of many come from the cache where they were made before, unless
 * `QA_NATIVE_FEATURE_CACHE` is `off`.
 */
export async function featuresOf(
  examples: readonly Example[],
  tokenizer: BertTokenizer,
  options: FeatureOptions,
): Promise<Feature[]> {
  const isKept = examples.length >= fewestKept && process.env['QA_NATIVE_FEATURE_CACHE'] !== 'off';
  return isKept
    ? cachedFeatures(join(cacheDir(), 'features'), examples, tokenizer, options)
    : prepareFeatures(examples, tokenizer, options);
}
