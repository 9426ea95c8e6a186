import type { CommandModule } from 'yargs';
import type { Example, Feature } from '../data/examples.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { UsageError } from '../errors.js';
import { jsonOption, preparationSettings, resolveSettings, settingOptions } from './options.js';

export interface FeaturesArgs {
  readonly file: string;
  readonly split: 'train' | 'validation';
  readonly output: string;
  readonly vocabFile: string | undefined;
  readonly modelNameOrPath: string | undefined;
  readonly maxTrainSamples: number | undefined;
  readonly json: boolean;
}

export const featuresCommand: CommandModule<object, FeaturesArgs> = {
  command: 'features',
  describe: 'write the windows that a SQuAD file becomes, a JSON line each',
  builder: {
    file: { type: 'string', demandOption: true, describe: 'SQuAD JSON', requiresArg: true },
    split: {
      choices: ['train', 'validation'],
      demandOption: true,
      describe: 'with labels, or with offsets into the context',
      requiresArg: true,
    },
    output: { type: 'string', demandOption: true, describe: 'the JSON lines to write', requiresArg: true },
    'vocab-file': { type: 'string', alias: 'vocab', describe: "a BERT's vocab.txt", requiresArg: true },
    'model-name-or-path': {
      type: 'string',
      alias: 'checkpoint',
      describe: 'a folder with vocab.txt or tokenizer.json instead',
      requiresArg: true,
    },
    ...settingOptions(preparationSettings),
    'max-train-samples': { type: 'number', describe: 'only the first N questions', requiresArg: true },
    json: jsonOption,
  },
  handler: async (args) => {
    const settings = resolveSettings({}, { ...args });
    const limit = wholeLimit(args.maxTrainSamples);
    const [{ readSquad }, { prepareFeatures }, { collate }, { writeFileAtomic }] = await Promise.all([
      import('../data/squad.js'),
      import('../data/features.js'),
      import('../data/batches.js'),
      import('../formats/atomic-file.js'),
    ]);
    const tokenizer = await openTokenizer(args);
    const { examples: all, misplaced } = await readSquad(args.file);
    const examples = all.slice(0, limit);
    const used = new Set(examples.map(({ id }) => id));
    warn(misplaced.filter((id) => used.has(id)));
    const features = prepareFeatures(examples, tokenizer, settings);

    const row = (feature: Feature) => {
      const batch = collate([feature], settings.maxSeqLength, tokenizer.padTokenId);
      return args.split === 'train'
        ? { ...inputs(batch), start_position: feature.startPosition, end_position: feature.endPosition }
        : { ...inputs(batch), offsets: offsetRow(feature, settings.maxSeqLength) };
    };
    const lines: Iterable<string> = jsonLines(examples, features, row);
    // Written one by one: the lines of SQuAD's training set together are hundreds of megabytes.
    await writeFileAtomic(args.output, lines as readonly string[]);

    const summary = { windows: features.length, questions: examples.length, output: args.output };
    process.stdout.write(
      args.json
        ? `${JSON.stringify({ ...summary, misplaced_answers: misplaced.filter((id) => used.has(id)).length })}\n`
        : `${summary.windows} windows of ${summary.questions} questions in ${summary.output}\n`,
    );
  },
};

function wholeLimit(limit: number | undefined): number | undefined {
  if (limit === undefined || (Number.isInteger(limit) && limit >= 1)) return limit;
  throw new UsageError(`Expected --max-train-samples to be a whole number of 1 or more, got ${limit}.`);
}

async function openTokenizer({ vocabFile, modelNameOrPath }: FeaturesArgs): Promise<BertTokenizer> {
  const { readTokenizer, readVocab } = await import('../data/tokenizer-files.js');
  if (vocabFile !== undefined) return readVocab(vocabFile);
  if (modelNameOrPath !== undefined) return readTokenizer(modelNameOrPath);
  throw new UsageError(
    'Expected --vocab-file or --model-name-or-path, but neither came; give the vocab.txt to tokenize with, or the folder of a BERT.',
  );
}

const idsShown = 5;

function warn(misplaced: readonly string[]): void {
  if (misplaced.length === 0) return;
  const rest = misplaced.length > idsShown ? ', …' : '';
  process.stderr.write(
    `qa-native: ${misplaced.length} questions have an answer that is not at its answer_start; they are labelled as they ` +
      `stand: ${misplaced.slice(0, idsShown).join(', ')}${rest}\n`,
  );
}
