export const vocab = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'A', 'á', 'b'];

const ofSpecial = (id: string, type = 0) => ({ SpecialToken: { id, type_id: type } });
export const template = {
  type: 'TemplateProcessing',
  single: [ofSpecial('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, ofSpecial('[SEP]')],
  pair: [
    ofSpecial('[CLS]'),
    { Sequence: { id: 'A', type_id: 0 } },
    ofSpecial('[SEP]'),
    { Sequence: { id: 'B', type_id: 1 } },
    ofSpecial('[SEP]', 1),
  ],
  special_tokens: {
    '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
    '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
  },
};
export const wordPiece = {
  type: 'WordPiece',
  vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
};

/** A tokenizer.json with the parts that are read. */
export const fastTokenizer = (changes: object = {}) =>
  JSON.stringify({
    added_tokens: [{ id: 0, content: '[PAD]', special: true }],
    normalizer: { type: 'BertNormalizer', clean_text: true, lowercase: false },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: template,
    model: wordPiece,
    ...changes,
  });
