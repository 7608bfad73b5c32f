/**
 * One line of the report.
 *
 * @typedef {object} Figure
 * @property {string} benchmark the name it is called by on the command line
 * @property {string} figure
 * @property {string} target
 * @property {string} measured
 * @property {number} value
 * @property {boolean} met
 * @property {Record<string, unknown>} details
 */

/**
 * What a benchmark is given.
 *
 * @typedef {object} Bench
 * @property {() => Promise<string>} node boots the node when the first benchmark asks, and resolves with its URL
 * @property {number | undefined} rounds
 * @property {number} seedBytes
 * @property {(text: string) => void} say progress, for people
 */

/**
 * @param {string} benchmark
 * @param {string} figure
 * @param {{ value: number, limit: number, atLeast?: boolean, unit?: string, digits?: number }} measure
 * @param {Record<string, unknown>} [details]
 * @returns {Figure}
 */
export function toFigure(benchmark, figure, { value, limit, atLeast, unit = '', digits = 2 }, details = {}) {
  return {
    benchmark,
    figure,
    target: `${atLeast ? '≥' : '≤'} ${limit.toFixed(digits)}${unit}`,
    measured: `${value.toFixed(digits)}${unit}`,
    value,
    met: atLeast ? value >= limit : value <= limit,
    details,
  };
}

/**
 * The report as aligned columns.
 *
 * @param {Figure[]} figures
 */
export function toTable(figures) {
  const rows = [
    ['figure', 'target', 'measured', 'verdict'],
    ...figures.map(({ figure, target, measured, met }) => [figure, target, measured, met ? 'met' : 'MISSED']),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {string[]} */ row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows.map(line);
  return [head, widths.map((width) => '─'.repeat(width)).join('  '), ...body].join('\n');
}
