import * as tables from './tables.js';
import { topics, type Fact, type Kind, type Topic } from './templates.js';

/** A stream of numbers from a seed (mulberry32): the same on every machine and in every version of Node. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let last = copy.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [copy[last], copy[other]] = [copy[other], copy[last]];
    }
    return copy;
  }
}

const place = (random: Random) => random.pick(tables.placeBeginnings) + random.pick(tables.placeEndings);
const person = (random: Random) =>
  `${random.pick(tables.givenNames)} ${random.pick(tables.familyBeginnings)}${random.pick(tables.familyEndings)}`;

const draw: Record<Kind, (random: Random) => string> = {
  place,
  person,
  year: (random) => String(1450 + random.below(500)),
  count: (random) => String(100 * (3 + random.below(90))),
  metres: (random) => String(11 + random.below(79)),
  material: (random) => random.pick(tables.materials),
  good: (random) => random.pick(tables.goods),
  colour: (random) => random.pick(tables.colours),
  animal: (random) => random.pick(tables.animals),
  instrument: (random) => random.pick(tables.instruments),
  month: (random) => random.pick(tables.months),
  invention: (random) => random.pick(tables.inventions),
  subject: (random) => random.pick(tables.subjects),
  dish: (random) => random.pick(tables.dishes),
};

interface Qas {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly [{ readonly text: string; readonly answer_start: number }];
}

export interface Paragraph {
  readonly context: string;
  readonly qas: readonly Qas[];
}

const questionsPerParagraph = 4;
const sentencesPerParagraph = 5;

/** One paragraph about a subject of its own; ids begin with `id`. */
function makeParagraph(topic: Topic, random: Random, id: string): Paragraph {
  const subject = topic.subject.pattern.replace('{}', draw[topic.subject.kind](random));
  const taken = new Set([subject]);
  let context = '';
  // The first fact names the subject, so it comes first; the others come in any order.
  const [opening, ...others] = topic.facts as [Fact, ...Fact[]];
  const told = [opening, ...random.shuffled(others).slice(0, sentencesPerParagraph - 1)].map((fact) => {
    const answer = drawOther(fact.kind, random, taken);
    const [before = '', after = ''] = random.pick(fact.told).replaceAll('{subject}', subject).split('{}');
    const sentence = capitalised(`${before}${answer}${after}`);
    const start = context === '' ? 0 : context.length + 1;
    context += `${context === '' ? '' : ' '}${sentence}`;
    return {
      fact,
      text: sentence.slice(before.length, before.length + answer.length),
      start: start + before.length,
    };
  });
  const qas = random
    .shuffled(told)
    .slice(0, questionsPerParagraph)
    .map(({ fact, text, start }, index): Qas => ({
      id: `${id}-${index + 1}`,
      question: capitalised(random.pick(fact.asked).replaceAll('{subject}', subject)),
      answers: [{ text, answer_start: start }],
    }));
  return { context, qas };
}

/** A value that the paragraph has not been given yet, so that two questions have two answers. */
function drawOther(kind: Kind, random: Random, taken: Set<string>): string {
  for (;;) {
    const value = draw[kind](random);
    if (taken.has(value)) continue;
    taken.add(value);
    return value;
  }
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** SQuAD JSON with `paragraphs` paragraphs of each topic. */
export function makeSet(name: string, seed: number, paragraphs: number): { version: string; data: object[] } {
  const random = new Random(seed);
  const data = topics.map((topic) => ({
    title: topic.name,
    paragraphs: Array.from({ length: paragraphs }, (_, index) =>
      makeParagraph(topic, random, `${name}-${topic.name.toLowerCase()}-${index + 1}`),
    ),
  }));
  return { version: '1.1', data };
}
