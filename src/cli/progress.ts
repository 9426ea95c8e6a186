/** What a run tells while it goes on: a bar on a terminal, silence in a pipe. Writes to stderr. */
export class Progress {
  readonly #began = performance.now();
  readonly #stream = process.stderr;
  #drawn = 0;

  constructor(
    private readonly label: string,
    private readonly total: number,
    /** What is counted, such as `step`, for the rate. */
    private readonly unit: string,
    /** What was done before, which says nothing of the rate. */
    private readonly start = 0,
  ) {}

  /** Shows `done` of the total, with the rate, the time left and a note such as the loss. */
  update(done: number, note = ''): void {
    if (!this.#stream.isTTY) return;
    const now = performance.now();
    if (done < this.total && now - this.#drawn < 100) return;
    this.#drawn = now;
    const seconds = (now - this.#began) / 1000;
    const rate = (done - this.start) / seconds;
    const width = 24;
    const filled = Math.round((width * done) / this.total);
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    const left = formatDuration((this.total - done) / rate);
    this.#line(
      `${this.label} ${bar} ${done}/${this.total}  ${formatRate(rate, this.unit)}  ${left} left${note && `  ${note}`}`,
    );
  }

  /** Takes the bar away, for a line that stays or for good. */
  clear(): void {
    if (this.#stream.isTTY) this.#line('');
  }

  #line(text: string): void {
    const columns = this.#stream.columns || 80;
    this.#stream.write(`\r\u001b[K${text.slice(0, columns - 1)}`);
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
