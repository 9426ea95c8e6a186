import { ExampleCollector, type ExampleFile, type ExampleOptions } from './example-collector.js';
import { Fields } from './fields.js';

/**
 * Checks and flattens SQuAD's nested JSON, of v1.1 (Rajpurkar et al. 2016, arXiv:1606.05250) or v2.0 (2018,
 * arXiv:1806.03822): `data[].paragraphs[].{context, qas[]}`. `answer_start` counts code points there and UTF-16 units
 * here. Which questions have no answer, v2's lists of answers say; `is_impossible` may stand for an empty one.
 *
 * @param source names the file in errors
 * @throws QaError `ERR_SQUAD_FORMAT`, naming the place
 */
export function parseSquad(json: unknown, source: string, options: ExampleOptions = {}): ExampleFile {
  const fields = new Fields(source, "the file must be in SQuAD's nested JSON format");
  const collector = new ExampleCollector(fields, options);
  const data = (json as Record<string, unknown> | null)?.['data'];
  fields.objects(data, 'data').forEach((article, a) => {
    const title = typeof article['title'] === 'string' ? article['title'] : '';
    fields.objects(article['paragraphs'], `data[${a}].paragraphs`).forEach((paragraph, p) => {
      const place = `data[${a}].paragraphs[${p}]`;
      const context = fields.string(paragraph['context'], `${place}.context`);
      fields.objects(paragraph['qas'], `${place}.qas`).forEach((qa, q) => {
        const where = `${place}.qas[${q}]`;
        const id = fields.string(qa['id'], `${where}.id`);
        const answers = readAnswers(fields, qa, where);
        const question = fields.string(qa['question'], `${where}.question`);
        collector.add({ id, title, question, context, answers }, where);
      });
    });
  });
  return collector.finish();
}

function readAnswers(fields: Fields, qa: Record<string, unknown>, where: string) {
  if (qa['answers'] === undefined && qa['is_impossible'] === true) return [];
  return fields.objects(qa['answers'], `${where}.answers`).map((answer, n) => {
    const place = `${where}.answers[${n}]`;
    const answerStart = fields.offset(answer['answer_start'], place);
    return { text: fields.string(answer['text'], `${place}.text`), answerStart };
  });
}
