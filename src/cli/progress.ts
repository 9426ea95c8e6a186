import { columnsOf, drawBar, writeOver, type Terminal } from '../terminal-line.js';

/** Where progress goes, and the time in milliseconds. */
export interface ProgressOutput {
  readonly stream: Terminal;
  readonly now: () => number;
}

/** Milliseconds between two pictures of the bar, and between two lines in a pipe. */
const onTerminal = 100;
const inPipe = 30_000;

/** Milliseconds that the rate is taken over, so that a halt, or another program's company, is soon forgotten. */
const recent = 60_000;

/** Columns of the bar; with fewer than the least it says nothing. */
const widest = 24;
const narrowest = 5;

/** What was done when. */
interface Mark {
  readonly done: number;
  time: number;
}

/** What a run tells while it goes on: a bar on a terminal, now and then a line in a pipe. Writes to stderr. */
export class Progress {
  /** At the beginning of the time that the rate is taken over, and since then. */
  readonly #marks: [Mark, ...Mark[]];
  #shown: number;

  constructor(
    private readonly label: string,
    private readonly total: number,
    /** What is counted, such as `step`, for the rate. */
    private readonly unit: string,
    /** What was done before, which says nothing of the rate. */
    start = 0,
    private readonly output: ProgressOutput = { stream: process.stderr, now: () => performance.now() },
  ) {
    const time = output.now();
    this.#marks = [{ done: start, time }];
    // The bar is there at once; a pipe hears only of what takes long.
    this.#shown = output.stream.isTTY ? -Infinity : time;
  }

  /** Shows `done` of the total, with the rate, the time left and a note such as the loss. */
  update(done: number, note = ''): void {
    const { stream, now } = this.output;
    const isDue = now() - this.#shown >= (stream.isTTY ? onTerminal : inPipe);
    if (!isDue && !(stream.isTTY && done === this.total)) return;
    this.#shown = now();
    this.#mark(done);
    const rate = this.#rate(done);
    const left = formatDuration((this.total - done) / rate);
    const notes = note === '' ? [] : note.split('  ');
    const numbers = [`${done}/${this.total}`, formatRate(rate, this.unit), `${left} left`, ...notes];
    if (stream.isTTY) this.#draw(done, numbers);
    else stream.write(`${this.label} ${numbers.join('  ')}\n`);
  }

  /** How long all will take, by what was done lately. */
  estimate(done: number): string {
    const rate = this.#rate(done);
    const duration = formatDuration(this.total / rate);
    return `All ${this.total} ${this.unit}s will take about ${duration} here (${formatRate(rate, this.unit)}).`;
  }

  /** By what was done lately. */
  secondsPerStep(done: number): number {
    return 1 / this.#rate(done);
  }

  /** Milliseconds in which something else was done. */
  leaveOut(milliseconds: number): void {
    for (const mark of this.#marks) mark.time += milliseconds;
  }

  /** Takes the bar away, for a line that stays or for good. */
  clear(): void {
    if (this.output.stream.isTTY) writeOver(this.output.stream);
  }

  #mark(done: number): void {
    const time = this.output.now();
    this.#marks.push({ done, time });
    while ((this.#marks[1]?.time ?? time) <= time - recent) this.#marks.shift();
  }

  /** A second, lately. */
  #rate(done: number): number {
    const [first] = this.#marks;
    return (1000 * (done - first.done)) / (this.output.now() - first.time);
  }

  /** As many of the numbers as fit, and in the room that they leave the bar. */
  #draw(done: number, numbers: readonly string[]): void {
    const room = columnsOf(this.output.stream) - this.label.length - 1;
    let shown = numbers;
    while (shown.length > 1 && shown.join('  ').length > room) shown = shown.slice(0, -1);
    const text = shown.join('  ');
    const width = Math.min(widest, room - text.length - 1);
    const bar = width < narrowest ? '' : `${drawBar(done / this.total, width)} `;
    writeOver(this.output.stream, `${this.label} ${bar}${text}`);
  }
}

/** `3.2 steps/s`, or `4.1 s/step` where one takes longer than a second. */
export function formatRate(perSecond: number, unit: string): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return `– ${unit}s/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)} ${unit}s/s` : `${(1 / perSecond).toFixed(1)} s/${unit}`;
}

/** `42 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
