import { object, problem, problems } from './schema.js';

/** What a client sends; the names are those of `Reader.read`. */
export interface AnswerBody {
  readonly question: string;
  readonly context: string;
  readonly topK?: number;
  readonly maxAnswerLength?: number;
  readonly nullAnswer?: boolean;
  readonly scores?: boolean;
}

const numbers = { type: 'array', items: { type: 'number' } };
const integers = { type: 'array', items: { type: 'integer' } };

/** JSON schemas of `POST /answer`, which check what comes and describe it in OpenAPI. */
export const answerSchema = {
  operationId: 'answer',
  summary: 'Answer a question about a context',
  body: object(
    {
      question: { type: 'string', minLength: 1, maxLength: 10_000, description: 'what to ask' },
      context: {
        type: 'string',
        description: 'the text that holds the answer; long ones are read in windows',
      },
      topK: {
        type: 'integer',
        minimum: 1,
        maximum: 100,
        description: 'answers to give at most; 1 by default',
      },
      maxAnswerLength: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        description: 'in tokens; 30 by default',
      },
      nullAnswer: { type: 'boolean', description: 'whether "" may be an answer, as in SQuAD v2.0' },
      scores: { type: 'boolean', description: 'give the logits of all tokens, too' },
    },
    ['topK', 'maxAnswerLength', 'nullAnswer', 'scores'],
  ),
  response: {
    200: {
      description: 'The answers, best first',
      ...object(
        {
          answers: {
            type: 'array',
            items: object({
              text: { type: 'string' },
              start: { type: 'integer', description: 'in UTF-16 units of the context' },
              end: { type: 'integer', description: 'in UTF-16 units of the context; not included' },
              score: { type: 'number', description: 'sum of the start and the end logit' },
              probability: { type: 'number' },
            }),
          },
          windows: { type: 'integer', description: 'that the context was cut into' },
          timings: {
            description: 'in milliseconds',
            ...object({ waited: { type: 'number' }, computed: { type: 'number' } }),
          },
          scores: object({ offsets: integers, startLogits: numbers, endLogits: numbers }),
        },
        ['scores'],
      ),
    },
    ...problems,
    400: problem('Not HTTP, without one Host header, not JSON, or not what the schema says'),
    413: problem('A body that is too large'),
    415: problem('Not application/json, or encoded'),
    422: problem('A question or a context that is too long for what is asked'),
    500: problem('The server failed, and said why on its terminal'),
    503: problem(
      'Too many questions wait, or the server is being stopped; Retry-After says when to come again',
    ),
  },
};
