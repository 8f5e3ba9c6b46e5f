/** What products and places are called. */
export const adjectives = [
  'Iron',
  'Silent',
  'Autumn',
  'River',
  'Golden',
  'Paper',
  'Stone',
  'Early',
];
export const nouns = [
  'Kettle',
  'Lantern',
  'Umbrella',
  'Notebook',
  'Teapot',
  'Blanket',
  'Chair',
  'Brush',
];

/** A city has one area code, which the planner does not know: on purpose, statements that filter by both are estimated badly. */
export const places = Object.entries({
  ...{ Tokyo: '03', Osaka: '06', Kyoto: '075', Nagoya: '052', Sapporo: '011', Fukuoka: '092' },
  ...{ Sendai: '022', Kobe: '078', Yokohama: '045', Hiroshima: '082', Niigata: '025' },
  ...{ Kumamoto: '096', Kagoshima: '099', Okayama: '086', Shizuoka: '054', Hamamatsu: '053' },
  ...{ Kanazawa: '076', Nagasaki: '095', Matsuyama: '089', Kitakyushu: '093', Chiba: '043' },
  ...{ Oita: '097', Gifu: '058', Naha: '098' },
});

/** A word that occurs in product names, for the search that uses a leading wildcard. */
export function searchWord(random: () => number): string {
  const words = [...adjectives, ...nouns];
  return (words[Math.floor(random() * words.length)] ?? 'Kettle').toLowerCase();
}

/** A city with its area code. */
export function somePlace(random: () => number): [city: string, areaCode: string] {
  return places[Math.floor(random() * places.length)] ?? ['Tokyo', '03'];
}
