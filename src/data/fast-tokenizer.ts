import { bertPair, wordPieceSettings } from './tokenizer-settings.js';
import { reservedTokens, type BertTokenizer } from './tokenizer.js';

/** A tokenizer.json as Python writes it: it has what tokenizer_config.json has no name for. */
export function toTokenizerJson(tokenizer: BertTokenizer): object {
  const { vocabulary, options, clsTokenId, sepTokenId } = tokenizer;
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const added = reservedTokens
    .map((content) => ({ id: vocabulary.indexOf(content), content, ...plain }))
    .filter(({ id }) => id >= 0);
  const specialToken = (id: string, tokenId: number) => ({ id, ids: [tokenId], tokens: [id] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: options.cleanText,
      handle_chinese_chars: options.handleChineseChars,
      strip_accents: options.stripAccents,
      lowercase: options.lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      // Of a text alone all but what comes after its [SEP].
      single: bertPair.slice(0, 3),
      pair: bertPair,
      special_tokens: {
        '[CLS]': specialToken('[CLS]', clsTokenId),
        '[SEP]': specialToken('[SEP]', sepTokenId),
      },
    },
    decoder: { type: 'WordPiece', prefix: wordPieceSettings.continuing_subword_prefix, cleanup: true },
    model: {
      type: 'WordPiece',
      ...wordPieceSettings,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}
