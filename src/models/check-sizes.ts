import type { BertTokenizer } from '../data/tokenizer.js';
import { QaError } from '../errors.js';

/**
 * Throws where a tokenizer gives ids that a model has no embeddings for.
 * @param source names the model in the error
 */
export function checkVocabulary({ vocabulary }: BertTokenizer, config: object, source: string): void {
  const size = 'vocab_size' in config ? Number(config.vocab_size) : Infinity;
  if (vocabulary.length <= size) return;
  throw new QaError(
    `Expected at most ${size} tokens in the vocabulary, for so many has the model in ${source}, got ${vocabulary.length}; ` +
      'give the one that the model was trained with.',
    'ERR_VOCABULARY',
  );
}

/** Throws where windows may be longer than a model has positions for: a long one may come late. */
export function checkPositions(maxSeqLength: number, config: object): void {
  const most = 'max_position_embeddings' in config ? Number(config.max_position_embeddings) : Infinity;
  if (maxSeqLength <= most) return;
  throw new QaError(
    `Expected windows of at most ${most} positions (max_position_embeddings), got ${maxSeqLength}; lower \`maxSeqLength\`.`,
    'ERR_POSITIONS',
  );
}
