/** What the playground's server says. */

const short = `The **night train** leaves Vienna at 21:13 and arrives in Venice at 08:24, so you wake up by the lagoon.

- A couchette costs about 60 euros
- Bicycles need a reservation
- Breakfast is included in the sleeper`;

const code = `Read the file line by line, so that a large one does not fill the memory:

\`\`\`python
from pathlib import Path

def count_words(path: Path) -> dict[str, int]:
    """Counts how often each word occurs."""
    counts: dict[str, int] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            for word in line.lower().split():
                counts[word] = counts.get(word, 0) + 1
    return counts
\`\`\`

Then \`sorted(counts, key=counts.get)\` gives the rarest first.`;

const table = `| Route | Departs | Arrives | Changes | Price | Remarks |
| --- | --- | --- | ---: | ---: | --- |
| Vienna – Venice | 21:13 | 08:24 | 0 | 59 € | night train, couchette, bring your own towel |
| Munich – Verona | 09:34 | 14:58 | 0 | 39 € | crosses the Brenner by daylight |
| Zürich – Milan | 07:33 | 10:50 | 0 | 34 € | through the Gotthard base tunnel |

All times are local. See the [timetable](https://example.com/timetable) for more.`;

const headings = `# A weekend in the mountains

Three days are enough for a first impression, if you start early.

## Day one

1. Take the 07:04 to Innsbruck.
2. Leave the bags at the station.
3. Walk up to the hut; it takes *about* three hours.

> The path is closed after heavy rain. Ask at the tourist office.

## Day two

- [x] Sunrise at the summit
- [ ] Lunch at the lake
  - Trout, if they have it
  - Otherwise dumplings
- [ ] Down again by the ~~cable car~~ gorge

---

### What to bring

Good shoes, \`2 litres\` of water, and a jacket: the weather turns within minutes.`;

export const answers = {
  short,
  code,
  subjects: ['trains', 'lakes', 'huts', 'bridges', 'timetables'],
  byWord: {
    table,
    code,
    headings,
    long: [headings, code, table, short, headings, code, table].join('\n\n'),
    image: 'A picture from elsewhere: ![a lake](https://example.com/lake.png)',
    arabic:
      'يغادر **القطار الليلي** فيينا في الساعة 21:13 ويصل إلى البندقية في الساعة 08:24.\n\n- السعر نحو 60 يورو\n- `npm run dev` أمر داخل النص',
  } as Record<string, string>,
};
