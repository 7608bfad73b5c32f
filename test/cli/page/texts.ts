import { pick, type Random } from './random.ts';

export interface Topic {
  readonly name: string;
  readonly questions: readonly string[];
  readonly facts: readonly string[];
}

export const TOPICS: readonly [Topic, ...Topic[]] = [
  {
    name: 'Lisbon',
    questions: ['how old is the tram line 28 in lisbon', 'what was destroyed in the 1755 lisbon earthquake'],
    facts: [
      'Tram 28 has run between Martim Moniz and Campo de Ourique since 1914, on a gauge of 900 millimetres.',
      'The earthquake of 1755 and the fires after it destroyed most of the lower town, with the royal palace and its library.',
      'The Tagus widens to an inland sea before the city, which the inhabitants call the Sea of Straw.',
      'Azulejos, glazed tiles with mostly blue drawings, have covered façades since the eighteenth century.',
    ],
  },
  {
    name: 'sourdough',
    questions: ['why does my sourdough not rise', 'how long does a rye starter keep in the fridge'],
    facts: [
      'A starter that does not double within eight hours at 25 degrees is too weak to lift a dough.',
      'Wild yeasts and lactic acid bacteria live in it side by side; the acid keeps other microbes away.',
      'In the refrigerator a rye starter keeps for two weeks without feeding, a dried one for years.',
      'Salt slows fermentation, so bakers add it after the flour has taken up the water.',
    ],
  },
  {
    name: 'heat pumps',
    questions: ['are heat pumps worth it in an old house', 'what does the coefficient of performance tell'],
    facts: [
      'The coefficient of performance tells how many units of heat come from one unit of electricity.',
      'Old houses with large radiators often need a supply temperature of no more than 55 degrees.',
      'A borehole gives heat at ten degrees all the year, where outside air has to be defrosted.',
      'The compressor is the loudest part; placing it on rubber feet takes away most of the hum.',
    ],
  },
  {
    name: 'octopuses',
    questions: ['how many hearts does an octopus have', 'do octopuses dream'],
    facts: [
      'An octopus has three hearts, two of which pump blood through the gills and one through the body.',
      'Sleeping animals change colour in bursts of a minute, which some take for a sign of dreams.',
      'Two thirds of its neurons sit in the arms, so that each arm solves small tasks by itself.',
      'Its blood is blue, as it carries oxygen by copper instead of iron.',
    ],
  },
  {
    name: 'typography',
    questions: ['what is the difference between kerning and tracking', 'why do tables need tabular figures'],
    facts: [
      'Kerning moves single pairs of letters together, while tracking changes the distance of all of them.',
      'Tabular figures have one width, so that the digits of a column stand below each other.',
      'A line of sixty-six characters is held to be comfortable to read in a single column.',
      'Ligatures join letters that would collide, such as the f and the i of many text faces.',
    ],
  },
  {
    name: 'the Hanseatic League',
    questions: [
      'which cities belonged to the hanseatic league',
      'what did hanse merchants trade with novgorod',
    ],
    facts: [
      'Lübeck led a league that at its height counted some two hundred towns between Flanders and Estonia.',
      'From Novgorod the merchants took furs and wax, and brought cloth, salt and silver in return.',
      'The cog, a broad ship with one square sail, carried more than a hundred tons with a small crew.',
      'The diet met at irregular times, and towns that kept away were bound by what it decided.',
    ],
  },
];

const ASIDES = [
  'Historians do not agree on the exact year.',
  'The figure is taken from the register of the municipality and is revised each spring.',
  'A later edition of the handbook corrects this paragraph.',
  'See also the section on methods, where the measurements are described in detail.',
  'Visitors are often surprised by it, though guidebooks mention it on the first page.',
  'Nothing of the kind is known from the neighbouring regions.',
  'The museum shows a model at a scale of one to fifty.',
  'This was confirmed by two independent surveys in the following decade.',
  'Prices have since risen by about a third.',
  'An interview with the author can be found in the archive of the radio station.',
] as const;

const STARTS = [
  'It is often said that',
  'According to the yearbook,',
  'By most accounts,',
  'As the guide explains,',
  '',
] as const;

export function questionAbout({ questions }: Topic, random: Random): string {
  return `${pick(questions, random)}${random() < 0.4 ? ` (${1900 + Math.floor(random() * 125)})` : ''}`;
}

/** The more relevant, the more facts and the fewer asides. Each holds a number, so that hardly two are the same. */
export function passageAbout(topic: Topic, relevance: number, random: Random): string {
  const start = pick(STARTS, random);
  const about = relevance > 0.3 ? topic : pick(TOPICS, random);
  const fact = pick(about.facts, random);
  const number = Math.floor(random() * 9000 + 1000);
  const sentences = [
    start === '' ? fact : `${start} ${fact.charAt(0).toLowerCase()}${fact.slice(1)}`,
    pick(random() < relevance ? about.facts : ASIDES, random),
    pick(ASIDES, random),
  ];
  return `${sentences.join(' ')} (${topic.name}, no. ${number})`.slice(0, 300);
}
