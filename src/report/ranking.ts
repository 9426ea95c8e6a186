/** A figure in percent, by the name of whose it is. */
export interface Score {
  readonly name: string;
  readonly value: number;
}

/**
 * Names from the highest figure down: `a before b level with c`. Those that are shown as the same, with two digits, are
 * level.
 */
export function rank(scores: readonly Score[]): string {
  const sorted = [...scores].sort((a, b) => b.value - a.value);
  return sorted
    .map(({ name, value }, index) => {
      if (index === 0) return name;
      const isLevel = value.toFixed(2) === sorted[index - 1].value.toFixed(2);
      return `${isLevel ? 'level with' : 'before'} ${name}`;
    })
    .join(' ');
}
