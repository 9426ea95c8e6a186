import type { ReaderAnswer } from '../reader/types.js';

/** UTF-16 units of the context that are shown on either side of an answer. */
const around = 90;

const style = { strong: '\u001b[1;7m', faint: '\u001b[2m', off: '\u001b[0m' };

/**
 * An answer for people: its text, place and probability; where there are colours, the answer marked in the part of the
 * context that surrounds it, and the rest below.
 */
export function showAnswer(answer: ReaderAnswer, context: string, colours: boolean): string {
  const { text, start, end, probability } = answer;
  const place = `[${start}, ${end})  ${(100 * probability).toFixed(1)} %`;
  const shown = text === '' ? '(no answer)' : oneLine(text);
  if (!colours) return `${shown}  ${place}`;
  const [from, to] = [Math.max(0, start - around), Math.min(context.length, end + around)];
  const before = `${from > 0 ? '…' : ''}${oneLine(context.slice(wholeStart(context, from), start))}`;
  const after = `${oneLine(context.slice(end, wholeStart(context, to)))}${to < context.length ? '…' : ''}`;
  return `${before}${style.strong}${shown}${style.off}${after}\n${style.faint}${place}${style.off}`;
}

/** Does not cut a surrogate pair in two. */
function wholeStart(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(at)) && at > 0 ? at - 1 : at;
}

/** White space as single spaces, and no control characters: a text must not move the cursor or change the colours. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
