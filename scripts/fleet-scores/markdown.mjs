/** Numbers, shares and tables as the measurement pages write them. */
export const number = (value, digits = 3) =>
  value === null || value === undefined ? '–' : value.toFixed(digits);

export const between = (interval, digits = 3) =>
  interval === null ? '–' : `${number(interval.low, digits)}–${number(interval.high, digits)}`;

export const part = ({ k, n, share }, digits = 1) =>
  share === null ? '–' : `${(share * 100).toFixed(digits)} % (${k}/${n})`;

export const rate = ({ rate: value, interval }) =>
  value === null ? '–' : `${number(value, 1)} (${between(interval, 1)})`;

export const spread = (of) => (of === null ? '–' : `${of.median} / ${of.p90} / ${of.max}`);

export const counts = (of) => {
  const entries = Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '0' : entries.map(([name, n]) => `${n} ${name}`).join(', ');
};

/** @param heads strings; @param rows lists of strings, each as long as `heads`. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Up to twelve names; the rest is in `--json`. */
const NAMES_MAX = 12;
export function failures(of) {
  const rows = Object.entries(of)
    .filter(([, one]) => one.count > 0)
    .map(([what, { count, named }]) => {
      const names = named.slice(0, NAMES_MAX).map((name) => `\`${name}\``);
      const more = count > names.length ? `, and ${count - names.length} more` : '';
      return `- ${what.replaceAll('_', ' ')}: ${count}: ${names.join(', ')}${more}`;
    });
  return rows.length === 0 ? 'None.' : rows.join('\n');
}
