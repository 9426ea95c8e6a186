import { drawBar, writeOver, type Terminal } from '../terminal-line.js';

/** Is told, a line at a time, how far it is. */
type Say = (text: string) => void;

/** Less is there before it can be read. */
const smallest = 2 ** 20;

/** How far a download is: a bar on a terminal, else a line for every tenth. */
export class DownloadBar {
  readonly #began = performance.now();
  #told = 0;
  #came = 0;

  constructor(
    /** Bytes in all; 0 where the server does not say. Then nothing is shown, and of what is here at once neither. */
    private readonly total: number,
    private readonly say: Say,
    /** Bytes that came before. */
    public received = 0,
    private readonly terminal: Terminal = process.stderr,
  ) {}

  add(bytes: number): void {
    this.received += bytes;
    this.#came += bytes;
    // A terminal is told every hundredth, a log every tenth.
    const parts = this.terminal.isTTY ? 100 : 10;
    const part = this.total >= smallest ? Math.floor((parts * this.received) / this.total) : 0;
    if (part <= this.#told) return;
    this.#told = part;
    const done = `${Math.round(this.received / 2 ** 20)} of ${Math.round(this.total / 2 ** 20)} MiB`;
    if (!this.terminal.isTTY) {
      this.say(`  ${10 * part} % (${done})`);
      return;
    }
    const rate = this.#came / 2 ** 20 / ((performance.now() - this.#began) / 1000);
    writeOver(this.terminal, `  ${drawBar(part / parts, 24)} ${done}  ${rate.toFixed(1)} MiB/s`);
  }

  /** Takes the bar away. */
  finish(): void {
    if (this.terminal.isTTY) writeOver(this.terminal);
  }
}
