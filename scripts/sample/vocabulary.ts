import * as tables from './tables.js';
import { topics } from './templates.js';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/**
 * An uncased WordPiece vocabulary: the special tokens, every printable ASCII character alone and as a continuation,
 * so that nothing in ASCII is unknown, the sample's words, and its names by their parts.
 */
export function makeVocabulary(): string[] {
  const characters = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter(
    (character) => character === character.toLowerCase(),
  );
  const letters = characters.filter((character) => /[a-z0-9]/.test(character));
  const texts = topics.flatMap(({ subject, facts }) => [
    subject.pattern,
    ...facts.flatMap(({ told, asked }) => [...told, ...asked]),
  ]);
  const { placeBeginnings, placeEndings, familyBeginnings, familyEndings, ...words } = tables;
  const whole = [...texts, ...Object.values(words).flat()].flatMap(
    (text) => text.toLowerCase().match(/[a-z]+/g) ?? [],
  );
  const beginnings = [...placeBeginnings, ...familyBeginnings].map((part) => part.toLowerCase());
  const endings = [...placeEndings, ...familyEndings].map((part) => `##${part}`);
  // Years and counts are read two digits at a time.
  const pairs = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, '0'));
  const words2 = [...new Set([...whole, ...beginnings])].sort();
  return [
    ...new Set([
      ...special,
      ...characters,
      ...letters.map((letter) => `##${letter}`),
      ...pairs,
      ...pairs.map((pair) => `##${pair}`),
      ...words2,
      ...[...new Set(endings)].sort(),
    ]),
  ];
}
