// What the sample's paragraphs say and what is asked about them. `{subject}` is what the paragraph is about, `{}` the
// answer. Every fact can be told and asked in several wordings; a paragraph picks one of each.

/** What kind of thing a fact's answer is; scripts/make-sample.ts draws one. */
export type Kind =
  | 'place'
  | 'person'
  | 'year'
  | 'count'
  | 'metres'
  | 'material'
  | 'good'
  | 'colour'
  | 'animal'
  | 'instrument'
  | 'month'
  | 'invention'
  | 'subject'
  | 'dish';

export interface Fact {
  readonly kind: Kind;
  readonly told: readonly string[];
  readonly asked: readonly string[];
}

export interface Topic {
  readonly name: string;
  /** How the paragraph's subject is named: by a place's name or a person's, with words around it. */
  readonly subject: { readonly kind: 'place' | 'person'; readonly pattern: string };
  readonly facts: readonly Fact[];
}

export const topics: readonly Topic[] = [
  {
    name: 'Towns',
    subject: { kind: 'place', pattern: '{}' },
    facts: [
      {
        kind: 'person',
        told: [
          '{subject} was founded by {}.',
          'The town of {subject} was founded by the merchant {}.',
          '{} founded {subject}.',
        ],
        asked: ['Who founded {subject}?', 'By whom was {subject} founded?'],
      },
      {
        kind: 'year',
        told: ['It received its charter in {}.', 'The town charter was granted in {}.'],
        asked: [
          'When did {subject} receive its charter?',
          'In which year was the charter of {subject} granted?',
        ],
      },
      {
        kind: 'material',
        told: ['Its old town hall is built of {}.', 'The town hall was built entirely of {}.'],
        asked: ['What is the town hall of {subject} built of?', 'Which material was used for the town hall?'],
      },
      {
        kind: 'good',
        told: ['The market is known for its {}.', 'For centuries its traders have sold {}.'],
        asked: ['What is the market of {subject} known for?', 'What have the traders of {subject} sold?'],
      },
      {
        kind: 'animal',
        told: ['The coat of arms shows a {}.', 'On the coat of arms stands a {}.'],
        asked: ['Which animal is on the coat of arms of {subject}?', 'What does the coat of arms show?'],
      },
      {
        kind: 'count',
        told: ['About {} people live there.', 'It has about {} inhabitants.'],
        asked: ['How many people live in {subject}?', 'How many inhabitants does {subject} have?'],
      },
    ],
  },
  {
    name: 'Inventors',
    subject: { kind: 'person', pattern: '{}' },
    facts: [
      {
        kind: 'place',
        told: ['{subject} was born in {}.', '{subject} came into the world in {}.'],
        asked: ['Where was {subject} born?', 'In which town was {subject} born?'],
      },
      {
        kind: 'subject',
        told: ['As a student the inventor learned {}.', 'The young inventor studied {}.'],
        asked: ['What did {subject} study?', 'Which subject did {subject} learn as a student?'],
      },
      {
        kind: 'invention',
        told: ['The {} made the inventor famous.', 'Fame came with the {}.'],
        asked: ['Which invention made {subject} famous?', 'What is {subject} famous for?'],
      },
      {
        kind: 'year',
        told: ['A patent was granted in {}.', 'The patent dates from {}.'],
        asked: ['When was the patent of {subject} granted?', 'In which year did {subject} get a patent?'],
      },
      {
        kind: 'instrument',
        told: [
          'In the evenings the inventor played the {}.',
          'Friends remember how well the inventor played the {}.',
        ],
        asked: ['Which instrument did {subject} play?', 'What did {subject} play in the evenings?'],
      },
      {
        kind: 'person',
        told: ['The workshop was later led by {}.', 'A pupil, {}, took over the workshop.'],
        asked: ['Who took over the workshop of {subject}?', 'Who led the workshop later?'],
      },
    ],
  },
  {
    name: 'Ships',
    subject: { kind: 'place', pattern: 'the {}' },
    facts: [
      {
        kind: 'person',
        told: ['{subject} sailed under captain {}.', 'The captain of {subject} was {}.'],
        asked: ['Who was the captain of {subject}?', 'Under which captain did {subject} sail?'],
      },
      {
        kind: 'place',
        told: ['The ship was built in {}.', 'Her shipyard stood in {}.'],
        asked: ['Where was {subject} built?', 'In which town stood the shipyard of {subject}?'],
      },
      {
        kind: 'year',
        told: ['She was launched in {}.', 'Her launch took place in {}.'],
        asked: ['When was {subject} launched?', 'In which year did the launch of {subject} take place?'],
      },
      {
        kind: 'good',
        told: ['On most voyages she carried {}.', 'Her holds were filled with {}.'],
        asked: ['What did {subject} carry?', 'What were the holds of {subject} filled with?'],
      },
      {
        kind: 'metres',
        told: ['From bow to stern she measured {} metres.', 'Her length was {} metres.'],
        asked: ['How many metres long was {subject}?', 'How long was {subject} in metres?'],
      },
      {
        kind: 'colour',
        told: ['Her sails were {}.', 'Sailors knew her by her {} sails.'],
        asked: ['Which colour were the sails of {subject}?', 'What colour did the sails of {subject} have?'],
      },
    ],
  },
  {
    name: 'Festivals',
    subject: { kind: 'place', pattern: 'the {} festival' },
    facts: [
      {
        kind: 'month',
        told: ['{subject} is held every {}.', 'Every {} people gather for {subject}.'],
        asked: ['In which month is {subject} held?', 'When do people gather for {subject}?'],
      },
      {
        kind: 'dish',
        told: ['Guests are served {}.', 'No guest leaves without a plate of {}.'],
        asked: ['What are the guests of {subject} served?', 'Which dish is eaten at {subject}?'],
      },
      {
        kind: 'instrument',
        told: ['The dances are led by a {}.', 'A single {} plays for the dances.'],
        asked: ['Which instrument leads the dances at {subject}?', 'What plays for the dances?'],
      },
      {
        kind: 'colour',
        told: ['All lanterns are {} on that night.', 'That night the streets are lit by {} lanterns.'],
        asked: ['Which colour are the lanterns at {subject}?', 'What colour do the lanterns have?'],
      },
      {
        kind: 'person',
        told: ['It was first organised by {}.', 'The first one was organised by the teacher {}.'],
        asked: ['Who first organised {subject}?', 'By whom was {subject} first organised?'],
      },
      {
        kind: 'count',
        told: ['Last year {} visitors came.', 'It drew {} visitors last year.'],
        asked: ['How many visitors came to {subject} last year?', 'How many visitors did {subject} draw?'],
      },
    ],
  },
  {
    name: 'Observatories',
    subject: { kind: 'place', pattern: 'the {} observatory' },
    facts: [
      {
        kind: 'person',
        told: ['The architect of {subject} was {}.', '{subject} was designed by {}.'],
        asked: ['Who designed {subject}?', 'Who was the architect of {subject}?'],
      },
      {
        kind: 'metres',
        told: ['Its tower is {} metres high.', 'The tower rises to {} metres.'],
        asked: ['How many metres high is the tower of {subject}?', 'To how many metres does the tower rise?'],
      },
      {
        kind: 'year',
        told: ['The dome was opened in {}.', 'Its dome opened for the first time in {}.'],
        asked: ['When was the dome of {subject} opened?', 'In which year did the dome open?'],
      },
      {
        kind: 'material',
        told: ['The dome is covered with {}.', 'A layer of {} covers the dome.'],
        asked: ['What is the dome of {subject} covered with?', 'Which material covers the dome?'],
      },
      {
        kind: 'subject',
        told: ['Besides the stars, lessons in {} are given there.', 'It also houses a school of {}.'],
        asked: ['What is taught at {subject} besides the stars?', 'Which school does {subject} house?'],
      },
      {
        kind: 'place',
        told: ['Its first telescope came from {}.', 'The first telescope was brought from {}.'],
        asked: [
          'Where did the first telescope of {subject} come from?',
          'From which town was the first telescope brought?',
        ],
      },
    ],
  },
];
