/** Is told, a line at a time, what goes on. */
export type Say = (text: string) => void;

/** The command line's way: stdout is kept for results. */
export const toStderr: Say = (text) => process.stderr.write(`${text}\n`);
