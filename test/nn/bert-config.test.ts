import test from 'ava';
import { bertMiniConfig, parseBertConfig } from '../../src/nn/bert-config.js';

test("a config that names sizes only takes transformers' defaults for the rest", (t) => {
  const sizes = { hidden_size: 256, num_hidden_layers: 4, num_attention_heads: 4, intermediate_size: 1024 };
  t.deepEqual(parseBertConfig(sizes, 'config.json'), bertMiniConfig);
});

test('entries that this code does not read are let pass', (t) => {
  t.deepEqual(parseBertConfig({ architectures: ['BertModel'], model_type: 'bert' }, 'x').hidden_size, 768);
});

test('no padding token is one of the things that a config may say', (t) => {
  t.is(parseBertConfig({ pad_token_id: null }, 'config.json').pad_token_id, null);
});

for (const [what, json, message] of [
  ['null', null, /JSON object in its file, got null/],
  ['another model', { model_type: 'roberta' }, /"model_type": "bert" in its file, got "roberta"/],
  ['relative positions', { position_embedding_type: 'relative_key' }, /absolute.*relative_key/],
  [
    'another activation',
    { hidden_act: 'mish' },
    /one of gelu, gelu_new, .*tanh as "hidden_act" in its file, got "mish"/,
  ],
  ['a size as text', { hidden_size: '256' }, /number as "hidden_size" in its file, got "256"/],
  ['a size below 1', { num_hidden_layers: 0 }, /1 to 10000000 as "num_hidden_layers" in its file, got 0/],
  ['a size without end', { hidden_size: Infinity }, /as "hidden_size" in its file, got Infinity/],
  ['a part of a layer', { num_hidden_layers: 1.5 }, /whole number as "num_hidden_layers".* got 1\.5/],
  ['a probability above 1', { hidden_dropout_prob: 10 }, /0 to 1 as "hidden_dropout_prob".* got 10/],
  ['a decoder', { is_decoder: true }, /"is_decoder": false in its file, got true/],
  [
    'layers without some heads',
    { pruned_heads: { 0: [1] } },
    /"pruned_heads": \{\} in its file, got \{"0":\[1\]\}/,
  ],
  ['layers in chunks', { chunk_size_feed_forward: 32 }, /"chunk_size_feed_forward": 0 in its file, got 32/],
  ['one type of tokens for two texts', { type_vocab_size: 1 }, /2 to 10000000 as "type_vocab_size".* got 1/],
  ['a part of a token', { pad_token_id: 0.5 }, /whole number as "pad_token_id".* got 0\.5/],
  [
    'padding past the vocabulary',
    { vocab_size: 9, pad_token_id: 9 },
    /"pad_token_id" .* below "vocab_size".* 9 and 9/,
  ],
  ['a size that is null', { hidden_size: null }, /number as "hidden_size" in its file, got null/],
  ['heads that do not divide the width', { hidden_size: 100, num_attention_heads: 8 }, /multiple.*100 and 8/],
] as const) {
  test(`refused: ${what}`, (t) => {
    t.throws(() => parseBertConfig(json, 'its file'), { code: 'ERR_CONFIG', message });
  });
}
