/** What of a checkpoint did not meet the model, by `state_dict` name. */
export interface LoadReport {
  /** Parameters that the checkpoint lacks; they were initialised. */
  readonly missing: readonly string[];
  /** Tensors of the checkpoint that the model has no place for. */
  readonly unexpected: readonly string[];
}

/** A report as lines of text, in the words of `from_pretrained`, the names sorted; no line where all met. */
export function describeLoad(report: LoadReport, model: string, checkpoint: string): string[] {
  const lines: [string, readonly string[]][] = [
    [
      `Some weights of the model checkpoint at ${checkpoint} were not used when initializing ${model}`,
      report.unexpected,
    ],
    [
      `Some weights of ${model} were not initialized from the model checkpoint at ${checkpoint} and are newly initialized`,
      report.missing,
    ],
  ];
  const quoted = (names: readonly string[]) => [...names].sort().map((name) => `'${name}'`);
  return lines
    .filter(([, names]) => names.length > 0)
    .map(([text, names]) => `${text}: [${quoted(names).join(', ')}]`);
}
