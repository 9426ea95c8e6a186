/** A long text with a question about it. */
export interface LongText {
  readonly language: string;
  readonly question: string;
  readonly context: string;
}

/** A question, and a paragraph that tells of town number N. */
const paragraphs: Readonly<Record<string, readonly [question: string, paragraph: string]>> = {
  English: ['Who founded town 7?', 'Town N was founded by Ada Holmson in 15N. It has N bridges and a café.'],
  German: [
    'Wer gründete die Stadt 7?',
    'Die Stadt N wurde von Jörg Müßig gegründet. Über den Fluß führen N Brücken, größer als die älteren.',
  ],
  Russian: [
    'Кто основал город 7?',
    'Город N основала Алёна Йорданова в 15N году. Через реку ведут N мостов.',
  ],
  Chinese: ['第7座城市是谁建立的？', '第N座城市由王小明于15N年建立，城中有N座桥和一座古老的图书馆。'],
  Arabic: ['من أسس المدينة 7؟', 'أسّست آدا المدينة N في عام 15N، وفيها N جسرًا ومكتبة قديمة.'],
  Hindi: ['शहर 7 की स्थापना किसने की?', 'शहर N की स्थापना अदिति शर्मा ने 15N में की। नदी पर N पुल हैं।'],
  Korean: ['도시 7은 누가 세웠는가?', '도시 N은 김하늘이 15N년에 세웠다. 강에는 다리가 N개 있다. 😀'],
  Vietnamese: [
    'Ai lập thành phố 7?',
    'Thành phố N do Nguyễn Thị Ánh lập năm 15N. Có N cây cầu bắc qua sông.',
  ],
};

/** A text of at least `length` characters in each of eight languages: paragraphs with numbers of their own. */
export function longTexts(length: number): LongText[] {
  return Object.entries(paragraphs).map(([language, [question, paragraph]]) => {
    let context = '';
    for (let number = 1; context.length < length; number++) {
      context += `${paragraph.replaceAll('N', String(number))}\n`;
    }
    return { language, question, context };
  });
}
