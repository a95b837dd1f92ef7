/** Progress to stderr, summary to stdout, `--json` as the last line. Exit 0 done, 1 findings, 2 bad use. */

export const EXIT = { done: 0, findings: 1, badUse: 2 } as const;

export const VERSION = '0.1.0';

/** No stack; exit 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

const PROGRESS_EVERY_MS = { terminal: 100, pipe: 5000 } as const;

export class Progress {
  readonly #what: string;
  readonly #quiet: boolean;
  #shownAt = 0;
  #started = performance.now();

  constructor(what: string, quiet = false) {
    this.#what = what;
    this.#quiet = quiet;
  }

  show(text: string): void {
    if (this.#quiet) return;
    const now = performance.now();
    const terminal = process.stderr.isTTY === true;
    if (now - this.#shownAt < (terminal ? PROGRESS_EVERY_MS.terminal : PROGRESS_EVERY_MS.pipe))
      return;
    this.#shownAt = now;
    const line = `${this.#what}: ${text}`;
    process.stderr.write(terminal ? `\r\u001b[2K${line}` : `${line}\n`);
  }

  done(text: string): void {
    if (this.#quiet) return;
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    const line = `${this.#what}: ${text} (${seconds} s)\n`;
    process.stderr.write(process.stderr.isTTY === true ? `\r\u001b[2K${line}` : line);
  }
}

export function report(json: boolean, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
}

/** Numbers right-aligned. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((cell, c) =>
    Math.max(cell.length, ...rows.map((row) => (row[c] ?? '').length)),
  );
  const numeric = header.map((_, c) => rows.every((row) => /^[-+.\d–% /()]*$/.test(row[c] ?? '')));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) =>
        numeric[c] === true ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(header), widths.map((w) => '─'.repeat(w)).join('  '), ...rows.map(line)];
}

/** A value as a finding names it. */
const VALUE_SHOWN_MAX = 60;

export function sayValue(value: string): string {
  return value.length > VALUE_SHOWN_MAX ? `${value.slice(0, VALUE_SHOWN_MAX - 1)}…` : value;
}

/** As one word of a shell. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

export const quantity = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

/** Foreign text for a terminal: controls and new lines as codes. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const escaped = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}
