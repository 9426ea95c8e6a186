// Counts as people read them.

export function number(value: number): string {
  return value.toLocaleString('en');
}

/** 1 question, 2 questions. */
export function countOf(count: number, unit: string): string {
  return `${number(count)} ${unit}${count === 1 ? '' : 's'}`;
}
