import { join } from 'node:path';
import test from 'ava';
import { notebookSettings } from '../../src/cli/options.js';
import { readValidationExamples, runEvaluation } from '../../src/cli/run-evaluation.js';
import { sample } from '../../src/data/sample.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { LstmForQuestionAnswering } from '../../src/models/lstm.js';
import { exactKernels } from '../../src/nn/kernels.js';
import { noGrad } from '../../src/scope.js';
import { temporaryFolder, writeFewQuestions } from './run.js';

const folder = temporaryFolder();

test('an evaluation that fails takes its bar away, so that the error stands on a line of its own', async (t) => {
  const tokenizer = await readVocab(sample.vocabFile);
  const model = new LstmForQuestionAnswering({ vocab_size: tokenizer.vocabulary.length, dim: 8 });
  noGrad(() => model.parameters().at(-1)?.fill_(NaN));
  const shown: string[] = [];
  const { isTTY } = process.stderr;
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.isTTY = true;
  process.stderr.write = (text: string | Uint8Array) => shown.push(String(text)) > 0;
  const evaluation = runEvaluation({
    model,
    tokenizer,
    validation: await readValidationExamples(writeFewQuestions(folder), false, undefined),
    version2WithNegative: false,
    outputDir: join(folder, 'out'),
    settings: notebookSettings,
    device: 'cpu',
    kernels: exactKernels,
    say: t.fail,
  }).finally(() => Object.assign(process.stderr, { isTTY, write }));
  await t.throwsAsync(evaluation, { code: 'ERR_LOGITS' });
  t.regex(shown[0] ?? '', /evaluate/);
  t.is(shown.at(-1), '\r\u001b[K');
  model.dispose();
});
