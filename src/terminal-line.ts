/** What a line is drawn on: a stream, which may be a terminal. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** How many columns a line may have: in the last one of a terminal the cursor would go on to the next. */
export function columnsOf(terminal: Terminal): number {
  return (terminal.columns || 80) - 1;
}

/** Writes over the line that the cursor is in, as much as it holds. Without a text the line is empty again. */
export function writeOver(terminal: Terminal, text = ''): void {
  terminal.write(`\r\u001b[K${text.slice(0, columnsOf(terminal))}`);
}

/** `share` of a bar of so many columns. */
export function drawBar(share: number, columns: number): string {
  const filled = Math.round(columns * share);
  return '█'.repeat(filled) + '░'.repeat(columns - filled);
}
