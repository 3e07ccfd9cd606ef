// The option `mermaid` takes a drawing library of yours. The demo has none: it draws chains of boxes (`A --> B`) by itself.
const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 44;
const GAP = 40;

/**
 * @param {string} source A flowchart of lines `A --> B`.
 * @returns {Promise<SVGElement>}
 * @throws {Error} If it is anything else.
 */
export async function drawDiagram(source) {
  const [first, ...lines] = source
    .trim()
    .split('\n')
    .map((line) => line.trim());
  if (!/^(flowchart|graph) LR$/.test(first))
    throw new Error('The demo draws flowcharts from left to right only.');
  const names = [];
  for (const line of lines.filter(Boolean)) {
    const parts = line.split('-->').map((part) => part.trim());
    if (parts.length < 2 || !parts.every((part) => /^[\w ]+$/.test(part)))
      throw new Error(`The demo cannot draw: ${line}`);
    for (const part of parts) if (!names.includes(part)) names.push(part);
  }
  const widths = names.map((name) => 32 + name.length * 9);
  const width = widths.reduce((sum, one) => sum + one + GAP, 2 - GAP);
  const svg = create('svg', { viewBox: `0 0 ${width} ${HEIGHT + 2}`, width, height: HEIGHT + 2 });
  svg.append(create('title', {}, names.join(' → ')));
  let x = 1;
  names.forEach((name, index) => {
    const middle = 1 + HEIGHT / 2;
    const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5 };
    if (index > 0) {
      const tip = x - 4;
      svg.append(create('path', { ...line, d: `M${x - GAP + 4} ${middle}H${tip}m-6 -5l6 5l-6 5` }));
    }
    const box = { ...line, x, y: 1, width: widths[index], height: HEIGHT, rx: 12 };
    const words = { x: x + widths[index] / 2, y: middle, fill: 'currentColor', 'text-anchor': 'middle' };
    svg.append(
      create('rect', box),
      create('text', { ...words, 'dominant-baseline': 'central', 'font-size': 15 }, name),
    );
    x += widths[index] + GAP;
  });
  return svg;
}

function create(tag, attributes, words = '') {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = words;
  return element;
}
