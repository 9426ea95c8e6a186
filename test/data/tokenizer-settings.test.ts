import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { readTokenizer } from '../../src/data/tokenizer-files.js';
import { fastTokenizer, template, vocab, wordPiece } from './tokenizer-json.js';

const test = anyTest as TestFn<{ folder: string }>;
test.beforeEach(async (t) => {
  t.context.folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
});
test.afterEach.always((t) => rm(t.context.folder, { recursive: true }));

const withFlags = (content: string) => ({ content, lstrip: false, normalized: false, special: true });
const fiveById = Object.fromEntries(vocab.slice(0, 5).map((token, id) => [id, withFlags(token)]));
const five = {
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  cls_token: '[CLS]',
  sep_token: withFlags('[SEP]'),
  mask_token: '[MASK]',
};

/** By who writes them: files beside a tokenizer.json, or what that has. */
const usual: readonly (readonly [who: string, files: Readonly<Record<string, object>>])[] = [
  ['google/bert_uncased_L-4_H-256_A-4', { 'tokenizer_config.json': { do_lower_case: true } }],
  [
    'transformers 4',
    {
      'tokenizer_config.json': { ...five, added_tokens_decoder: fiveById, extra_special_tokens: {} },
      'special_tokens_map.json': { ...five, additional_special_tokens: [] },
      'added_tokens.json': { '[MASK]': 4 },
    },
  ],
  [
    'transformers 4 for another model of these tokens',
    { 'tokenizer_config.json': { tokenizer_class: 'ElectraTokenizer', padding_side: 'right' } },
  ],
  [
    'one tokenizer for another',
    {
      'config.json': { tokenizer_class: 'BertJapaneseTokenizer' },
      'tokenizer_config.json': { tokenizer_class: 'BertTokenizerFast', padding_side: 'right' },
      'tokenizer.json': { padding: { direction: 'Left' }, truncation: { direction: 'Right' } },
    },
  ],
  [
    'older tokenizers',
    {
      'tokenizer.json': {
        post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
        model: {
          ...wordPiece,
          unk_token: '[UNK]',
          continuing_subword_prefix: '##',
          max_input_chars_per_word: 100,
        },
      },
    },
  ],
];

for (const [what, files] of usual) {
  test(`a folder with what ${what} writes is read`, async (t) => {
    const { folder } = t.context;
    await writeFile(join(folder, 'tokenizer.json'), fastTokenizer());
    for (const [name, json] of Object.entries(files)) {
      const text = name === 'tokenizer.json' ? fastTokenizer(json) : JSON.stringify(json);
      await writeFile(join(folder, name), text);
    }
    t.deepEqual((await readTokenizer(folder)).vocabulary, vocab);
  });
}

/** What BertTokenizerFast takes for other tokens than this tokenizer would: a file, and what its error says. */
const refused: readonly (readonly [name: string, json: object, message: RegExp])[] = [
  ['added_tokens.json', { '[DOC]': 9 }, /no added tokens but .*added_tokens\.json, got "\[DOC\]"/],
  [
    'tokenizer_config.json',
    { added_tokens_decoder: { ...fiveById, 9: withFlags('[DOC]') } },
    /no added tokens but .*tokenizer_config\.json, got "\[DOC\]"/,
  ],
  ['tokenizer_config.json', { additional_special_tokens: ['a'] }, /no added tokens but .*, got "a"/],
  ['tokenizer_config.json', { extra_special_tokens: { q: '[Q]' } }, /no added tokens but .*, got "\[Q\]"/],
  [
    'special_tokens_map.json',
    { additional_special_tokens: [withFlags('[Q]')] },
    /no added tokens but .*special_tokens_map\.json, got "\[Q\]"/,
  ],
  ['special_tokens_map.json', { sep_token: '[MASK]' }, /\[SEP\] as sep_token in .*map\.json, got "\[MASK\]"/],
  ['tokenizer_config.json', { cls_token: withFlags('a') }, /\[CLS\] as cls_token in .*config\.json, got "a"/],
  ['tokenizer_config.json', { unk_token: 'a' }, /\[UNK\] as unk_token in .*, got "a"/],
  ['tokenizer_config.json', { pad_token: '<pad>' }, /\[PAD\] as pad_token in .*, got "<pad>"/],
  ['tokenizer_config.json', { split_special_tokens: true }, /false as split_special_tokens in .*, got true/],
  ['tokenizer_config.json', { padding_side: 'left' }, /"right" as padding_side in .*, got "left"/],
  ['tokenizer_config.json', { truncation_side: 'left' }, /"right" as truncation_side in .*, got "left"/],
  [
    'tokenizer.json',
    { padding: { strategy: 'BatchLongest', direction: 'Left', pad_token: '[PAD]' } },
    /"right" as padding_side in .*, got "left"; give/,
  ],
  [
    'tokenizer.json',
    { truncation: { direction: 'Left', max_length: 9, stride: 0 } },
    /"right" as truncation_side in .*, got "left"; give/,
  ],
  [
    'tokenizer_config.json',
    { tokenizer_class: 'BertJapaneseTokenizer' },
    /BertTokenizer or .* as tokenizer_class in .*, got "BertJapaneseTokenizer"/,
  ],
  [
    'config.json',
    { tokenizer_class: 'RobertaTokenizer' },
    /as tokenizer_class in .*, got "RobertaTokenizer"/,
  ],
  ['tokenizer_config.json', { mask_token: '<mask>' }, /\[MASK\] as mask_token in .*, got "<mask>"/],
  [
    'tokenizer.json',
    { model: { ...wordPiece, max_input_chars_per_word: 10 } },
    /100 as max_input_chars_per_word in .*tokenizer\.json, got 10;/,
  ],
  [
    'tokenizer.json',
    { model: { ...wordPiece, continuing_subword_prefix: '' } },
    /"##" as continuing_subword_prefix in .*, got ""/,
  ],
  ['tokenizer.json', { model: { ...wordPiece, unk_token: 'a' } }, /"\[UNK\]" as unk_token in .*, got "a"/],
  [
    'tokenizer.json',
    { pre_tokenizer: { type: 'WhitespaceSplit' } },
    /"BertPreTokenizer" as pre_tokenizer in .*, got "WhitespaceSplit"/,
  ],
  ['tokenizer.json', { pre_tokenizer: null }, /"BertPreTokenizer" as pre_tokenizer in .*, got null/],
  ['tokenizer.json', { post_processor: null }, /\[CLS\] question .* as post_processor in .*, got null/],
  [
    'tokenizer.json',
    { post_processor: { ...template, pair: template.single } },
    /as post_processor in .*, got \[\{/,
  ],
  [
    'tokenizer.json',
    { post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 3] } },
    /as post_processor in .*, got "BertProcessing"/,
  ],
];

for (const [name, json, message] of refused) {
  test(`tokens that are not BERT's are refused, not ignored: ${message.source}`, async (t) => {
    const { folder } = t.context;
    await writeFile(join(folder, 'vocab.txt'), vocab.join('\n'));
    await writeFile(
      join(folder, name),
      name === 'tokenizer.json' ? fastTokenizer(json) : JSON.stringify(json),
    );
    const error = await t.throwsAsync(readTokenizer(folder), { code: 'ERR_VOCABULARY', message });
    t.notRegex(error.message, /\n/);
  });
}
