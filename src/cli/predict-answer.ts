import { prepareFeatures } from '../data/features.js';
import { UsageError } from '../errors.js';
import { postprocessPredictions } from '../evaluate/postprocess.js';
import { predictLogits } from '../evaluate/predict.js';
import type { PredictArgs } from './predict.js';
import { openTrainedModel } from './trained-model.js';

/** `qa-native predict`: one question, its best answers with their places in the context. */
export async function predictAnswer(args: PredictArgs): Promise<void> {
  if (!Number.isInteger(args.topK) || args.topK < 1) {
    throw new UsageError(`Expected --top-k to be a whole number of 1 or more, got ${args.topK}.`);
  }
  const { model, tokenizer, settings, device } = await openTrainedModel(args);
  const examples = [
    { id: 'question', title: '', question: args.question, context: args.context, answers: [] },
  ];
  const features = prepareFeatures(examples, tokenizer, settings);
  const logits = await predictLogits(model, features, { ...settings, device });
  model.dispose();
  const { nbest } = postprocessPredictions(examples, features, logits, settings);
  const answers = (nbest.get('question') ?? [])
    .slice(0, args.topK)
    .map(({ text, start, end, score, probability }) => ({ text, start, end, score, probability }));
  for (const answer of answers) {
    process.stdout.write(
      args.json
        ? `${JSON.stringify(answer)}\n`
        : `${answer.text}  [${answer.start}, ${answer.end})  ${(100 * answer.probability).toFixed(1)} %\n`,
    );
  }
}
