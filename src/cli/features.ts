import type { CommandModule } from 'yargs';
import { countOf } from '../counts.js';
import type { Split } from '../data/feature-lines.js';
import { defaultCheckpoint } from '../hub/default-checkpoint.js';
import { numberFlag } from './number-flags.js';
import { jsonOption, preparationSettings, resolveSettings, settingOptions } from './options.js';
import { openTokenizer, tokenizerOptions, type TokenizerArgs } from './tokenizer-flags.js';

export interface FeaturesArgs extends TokenizerArgs {
  readonly modelNameOrPath: string;
  readonly file: string;
  readonly split: Split;
  readonly output: string;
  readonly maxTrainSamples: number | undefined;
  readonly json: boolean;
}

export const featuresCommand: CommandModule<object, FeaturesArgs> = {
  command: 'features',
  describe: 'write the windows that questions become, a JSON line each',
  builder: {
    file: {
      type: 'string',
      demandOption: true,
      describe: 'questions: SQuAD JSON, CSV, JSON Lines or Parquet',
      requiresArg: true,
    },
    split: {
      choices: ['train', 'validation'],
      demandOption: true,
      describe: 'with labels, or with offsets into the context',
      requiresArg: true,
    },
    output: { type: 'string', demandOption: true, describe: 'the JSON lines to write', requiresArg: true },
    ...tokenizerOptions,
    'model-name-or-path': { ...tokenizerOptions['model-name-or-path'], default: defaultCheckpoint },
    ...settingOptions(preparationSettings),
    'max-train-samples': { ...numberFlag, describe: 'only the first N questions' },
    json: jsonOption,
  },
  handler: async (args) => {
    const settings = resolveSettings({}, { ...args });
    const [{ checkSampleLimit, readTrainingExamples }, { prepareFeatures }, { featureLines }, output] =
      await Promise.all([
        import('./training-examples.js'),
        import('../data/features.js'),
        import('../data/feature-lines.js'),
        import('./write-output.js'),
      ]);
    checkSampleLimit('--max-train-samples', args.maxTrainSamples);
    output.expectOther(args.output, '--file', args.file);
    const tokenizer = await openTokenizer(args);
    const { examples, misplaced } = await readTrainingExamples(args.file, args.maxTrainSamples);
    const features = prepareFeatures(examples, tokenizer, settings);
    const { padTokenId } = tokenizer;
    const { maxSeqLength } = settings;
    // Lines are made as they are written: those of SQuAD's training set together are hundreds of megabytes.
    const lines: Iterable<string> = featureLines(examples, features, {
      split: args.split,
      maxSeqLength,
      padTokenId,
    });
    await output.writeOutput(args.output, lines);

    const summary = { windows: features.length, questions: examples.length, output: args.output };
    output.sayWritten(
      args.output,
      args.json
        ? JSON.stringify({ ...summary, misplaced_answers: misplaced.length })
        : `${countOf(summary.windows, 'window')} of ${countOf(summary.questions, 'question')} in ${summary.output}`,
    );
  },
};
