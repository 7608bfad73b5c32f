// Writes NDJSON passages of at least the wanted size: the same bytes on every machine.
// node bench/seed/make-ndjson.mjs <file> <bytes>
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pathToFileURL } from 'node:url';

const WORDS =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years much where your way down should because long each just state those people too mr how little good world make very year still see own work men day get here old between both life being under three never know same last another while us might great go come since against right came take used himself few house american use place during high without again home around small however found city capital river island population county region government history north south east west century district federal nation'.split(
    ' ',
  );

/** xorshift32: small, and the same everywhere. */
function randomFrom(seed) {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

function passage(random) {
  const sentences = 2 + random(5);
  let text = '';
  for (let s = 0; s < sentences; s++) {
    const words = 8 + random(14);
    for (let w = 0; w < words; w++) {
      // One word in eight is rare, so that the index grows a vocabulary as it does with real text.
      const word =
        random(8) === 0
          ? `${WORDS[random(WORDS.length)]}${random(50_000).toString(36)}`
          : WORDS[random(WORDS.length)];
      text += `${w === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word}${w === words - 1 ? '. ' : ' '}`;
    }
  }
  return text.trimEnd();
}

export async function makeNdjson(path, bytes, seed = 42) {
  const random = randomFrom(seed);
  const out = createWriteStream(path, { highWaterMark: 4 * 1024 * 1024 });
  let written = 0;
  let documents = 0;
  while (written < bytes) {
    let block = '';
    while (block.length < 256 * 1024 && written + block.length < bytes) {
      documents++;
      block += `${JSON.stringify({
        doc_id: `D${documents}`,
        title: `Passage ${documents}`,
        passage_text: passage(random),
        lang: ['en', 'de', 'fr', 'es'][random(4)],
        views: random(1_000_000),
      })}\n`;
    }
    written += block.length;
    if (!out.write(block)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return { documents, bytes: written };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [path, bytes] = process.argv.slice(2);
  if (path === undefined || !(Number(bytes) > 0)) throw new Error('usage: make-ndjson.mjs <file> <bytes>');
  console.log(JSON.stringify(await makeNdjson(path, Number(bytes))));
}
