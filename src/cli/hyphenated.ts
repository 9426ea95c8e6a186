/** A flag as `run_qa.py` has it, `--max_seq_length`, is one of ours with hyphens; its value stays as it is. */
export function hyphenated(word: string): string {
  return word.replace(/^--[a-z][\w-]*/, (flag) => flag.replaceAll('_', '-'));
}
