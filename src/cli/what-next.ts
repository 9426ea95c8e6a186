import { shellWord } from './shell-word.js';

/** What to type after a run that was scored. */
export function whatNext(outputDir: string, model: string, dataset: string): string {
  const dir = shellWord(outputDir);
  const predict = `npx qa-native predict --model-dir ${dir} --question "…" --context "…"`;
  const next =
    dataset === 'sample'
      ? `npx qa-native train ${model} --dataset squad`
      : `npx qa-native eval --model-dir ${dir} --validation-file …`;
  return `\nNext:\n  ${predict}\n  ${next}`;
}

/** What there is of a run that was ended after its model was written, and how to have it scored. */
export function howToScore(
  outputDir: string,
  validationFile: string | undefined,
  maxEvalSamples: number | undefined,
): string {
  const file = validationFile === undefined ? '…' : shellWord(validationFile);
  const limit = maxEvalSamples === undefined ? '' : ` --max-eval-samples ${maxEvalSamples}`;
  const command = `npx qa-native eval --model-dir ${shellWord(outputDir)} --validation-file ${file}`;
  return `the model in ${outputDir} is whole, score it with: ${command}${limit}`;
}
