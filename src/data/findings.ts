/**
 * `error`: training would fail or learn something wrong. `warning`: it loses something, or the file has a flaw. `note`:
 * all is well, if it is meant so.
 */
export type Severity = 'error' | 'warning' | 'note';

/** What can be wrong with questions: how bad it is, which they are, and what it means for training. */
const kinds = {
  duplicateIds: {
    severity: 'error',
    what: 'ids that come again',
    means: 'predictions go by id, and training refuses the file',
  },
  misplacedAnswers: {
    severity: 'error',
    what: 'answers that are not at their answer_start, in code points',
    means: 'their labels would be wrong',
  },
  unanswerable: {
    severity: 'error',
    what: 'questions without an answer, as in SQuAD v2.0',
    means: 'give --version-2-with-negative',
  },
  noRoom: {
    severity: 'error',
    what: 'questions that leave no room for their context in a window',
    means: 'raise --max-seq-length or lower --doc-stride',
  },
  unknownCapitals: {
    severity: 'error',
    what: 'questions with capitals, which the tokenizer keeps and the vocabulary has not',
    means: 'give a tokenizer that lowers them (do_lower_case), or a cased vocabulary',
  },
  lostCapitals: {
    severity: 'warning',
    what: 'questions with capitals, which the tokenizer lowers though the vocabulary has them',
    means: "give the folder with the vocabulary's tokenizer_config.json",
  },
  cutAnswers: {
    severity: 'warning',
    what: 'first answers that every window cuts',
    means: 'they are labelled as no answer',
  },
  longAnswers: {
    severity: 'warning',
    what: 'first answers of more tokens than --max-answer-length',
    means: 'they can be learned, but not given',
  },
  duplicateQuestions: {
    severity: 'warning',
    what: 'questions asked before about the same context',
    means: 'they weigh twice',
  },
  emptyContexts: { severity: 'warning', what: 'empty contexts', means: 'nothing can be found in them' },
  emptyQuestions: { severity: 'warning', what: 'empty questions', means: 'nothing is asked' },
  emptyAnswers: { severity: 'warning', what: 'answers without text', means: 'their labels mean nothing' },
  loweredCapitals: {
    severity: 'note',
    what: 'questions with capitals, which the tokenizer lowers for the uncased vocabulary',
    means: 'case is not seen',
  },
} as const satisfies Record<string, { severity: Severity; what: string; means: string }>;

export type FindingKind = keyof typeof kinds;

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Of the questions that it is about. */
  readonly ids: readonly string[];
  readonly what: string;
  readonly means: string;
}

/** Gathers ids by what is wrong with them. */
export class Findings {
  readonly #ids = new Map<FindingKind, string[]>();

  add(kind: FindingKind, id: string): void {
    const ids = this.#ids.get(kind);
    if (ids === undefined) this.#ids.set(kind, [id]);
    else ids.push(id);
  }

  /** What was found, the worst first. */
  list(): Finding[] {
    return (Object.keys(kinds) as FindingKind[]).flatMap((kind) => {
      const ids = this.#ids.get(kind);
      return ids === undefined ? [] : [{ kind, ...kinds[kind], ids }];
    });
  }
}
