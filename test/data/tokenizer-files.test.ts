import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { readTokenizer, readVocab, saveTokenizer } from '../../src/data/tokenizer-files.js';
import { QaError } from '../../src/errors.js';
import { fixture } from './feature-fixture.js';
import { fastTokenizer, vocab } from './tokenizer-json.js';

const test = anyTest as TestFn<{ folder: string }>;
test.beforeEach(async (t) => {
  t.context.folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
});
test.afterEach.always((t) => rm(t.context.folder, { recursive: true }));

const idsOf = (tokens: readonly string[]) => tokens.map((token) => vocab.indexOf(token));

for (const lineEnd of ['\n', '\r\n']) {
  test(`vocab.txt with line ends ${JSON.stringify(lineEnd)}, with and without the last`, async (t) => {
    const path = join(t.context.folder, 'vocab.txt');
    for (const last of ['', lineEnd]) {
      await writeFile(path, vocab.join(lineEnd) + last);
      t.deepEqual((await readVocab(path)).vocabulary, vocab);
    }
  });
}

test('case and accents stay or go as tokenizer_config.json says', async (t) => {
  const { folder } = t.context;
  await writeFile(join(folder, 'vocab.txt'), vocab.join('\n'));
  const encode = async (config: object | undefined) => {
    const path = join(folder, 'tokenizer_config.json');
    await (config === undefined ? rm(path, { force: true }) : writeFile(path, JSON.stringify(config)));
    return Array.from((await readTokenizer(folder)).encode('A á').ids);
  };
  t.deepEqual(await encode(undefined), idsOf(['a', 'a']));
  t.deepEqual(await encode({ do_lower_case: false }), idsOf(['A', 'á']));
  t.deepEqual(await encode({ do_lower_case: true, strip_accents: false }), idsOf(['a', 'á']));
  t.deepEqual(await encode({ do_lower_case: false, strip_accents: true }), idsOf(['A', 'a']));
});

test("tokenizer.json gives the vocabulary, tokenizer_config.json the case, as BertTokenizerFast's from_pretrained", async (t) => {
  const { folder } = t.context;
  await writeFile(join(folder, 'tokenizer.json'), fastTokenizer());
  t.deepEqual(Array.from((await readTokenizer(folder)).encode('A').ids), idsOf(['a']));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ do_lower_case: false }));
  const tokenizer = await readTokenizer(folder);
  t.deepEqual(tokenizer.vocabulary, vocab);
  t.deepEqual(Array.from(tokenizer.encode('A').ids), idsOf(['A']));
});

test('a PreTrainedTokenizerFast normalizes as its tokenizer.json says, as AutoTokenizer has it', async (t) => {
  const { folder } = t.context;
  const encode = async (normalizer: object) => {
    await writeFile(
      join(folder, 'tokenizer.json'),
      fastTokenizer({ normalizer: { type: 'BertNormalizer', ...normalizer } }),
    );
    return Array.from((await readTokenizer(folder)).encode('A á').ids);
  };
  const config = { tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: true };
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  t.deepEqual(await encode({ lowercase: false, strip_accents: null }), idsOf(['A', 'á']));
  t.deepEqual(await encode({ lowercase: true, strip_accents: null }), idsOf(['a', 'a']));
  t.deepEqual(await encode({ lowercase: true, strip_accents: false }), idsOf(['a', 'á']));
});

test('a saved tokenizer is read as it was', async (t) => {
  const { folder } = t.context;
  const path = join(folder, 'words.txt');
  await writeFile(path, fixture.vocabulary.join('\n'));
  const saved = await readVocab(path, { doLowerCase: false });
  await saveTokenizer(join(folder, 'saved'), saved);
  const read = await readTokenizer(join(folder, 'saved'));
  t.deepEqual(read.vocabulary, saved.vocabulary);
  t.deepEqual(read.options, saved.options);
});

test('a saved tokenizer that cleans no text is read as it was, here and by Python, and makes way for the next', async (t) => {
  const { folder } = t.context;
  const [given, saved] = [join(folder, 'tokenizer.json'), join(folder, 'saved')];
  await writeFile(given, fastTokenizer({ normalizer: { type: 'BertNormalizer', clean_text: false } }));
  const tokenizer = await readTokenizer(folder);
  t.false(tokenizer.options.cleanText);
  await saveTokenizer(saved, tokenizer);
  const read = await readTokenizer(saved);
  t.deepEqual(read.options, tokenizer.options);
  t.deepEqual(read.vocabulary, vocab);
  // What BertTokenizerFast.from_pretrained makes of both folders: a control character is a letter like others.
  for (const each of [tokenizer, read]) {
    t.deepEqual(Array.from(each.encode('a\u0007 b a\tb').ids), idsOf(['[UNK]', 'b', 'a', 'b']));
  }

  await writeFile(given, fastTokenizer());
  await saveTokenizer(saved, await readTokenizer(folder));
  t.true((await readTokenizer(saved)).options.cleanText);
});

test('what cannot be read is refused with its path', async (t) => {
  const { folder } = t.context;
  const missing = await t.throwsAsync(readTokenizer(folder), { instanceOf: QaError });
  t.regex(missing.message, /Expected a vocabulary at .*vocab\.txt, but .*ENOENT.*; give the vocab\.txt/);

  const path = join(folder, 'tokenizer.json');
  await writeFile(path, fastTokenizer().slice(0, 50));
  await t.throwsAsync(readTokenizer(folder), {
    instanceOf: QaError,
    message: /tokenizer\.json.*fetch the file again/,
  });
  await writeFile(path, fastTokenizer({ model: { type: 'BPE' } }));
  await t.throwsAsync(readTokenizer(folder), { instanceOf: QaError, message: /WordPiece.*got "BPE"/ });
  await writeFile(path, fastTokenizer({ model: { type: 'WordPiece', vocab: { '[PAD]': 0, a: 7 } } }));
  await t.throwsAsync(readTokenizer(folder), { instanceOf: QaError, message: /ids from 0 to 1.*7 of "a"/ });
  await writeFile(path, fastTokenizer({ added_tokens: [{ id: 9, content: '<ctx>' }] }));
  await t.throwsAsync(readTokenizer(folder), { instanceOf: QaError, message: /no added tokens.*<ctx>/ });
});

test('bytes that are no UTF-8, and two tokens of one id, are refused: another token would take their place', async (t) => {
  const { folder } = t.context;
  const path = join(folder, 'vocab.txt');
  await writeFile(path, Buffer.concat([Buffer.from(`${vocab.join('\n')}\n`), Buffer.of(0x61, 0xff, 0x0a)]));
  await t.throwsAsync(readVocab(path), { code: 'ERR_VOCABULARY', message: /not valid for encoding utf-8/ });
  const twice = { type: 'WordPiece', vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, a: 3 } };
  await writeFile(join(folder, 'tokenizer.json'), fastTokenizer({ model: twice }));
  await t.throwsAsync(readTokenizer(folder), {
    code: 'ERR_VOCABULARY',
    message: /ids from 0 to 4, each once in .*, got 3 of "a"/,
  });
});
