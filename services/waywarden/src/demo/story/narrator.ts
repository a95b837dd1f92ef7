/** Tells the story on the terminal, or as JSON lines. */
import type { ChapterId } from './story.ts';

export type LineKind =
  | 'fleet'
  | 'chapter'
  | 'alert'
  | 'decision'
  | 'command'
  | 'receipt'
  | 'denied'
  | 'quiet'
  | 'missed'
  | 'end';

export interface StoryLine {
  readonly kind: LineKind;
  readonly chapter?: ChapterId;
  readonly text: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface NarratorOptions {
  readonly json: boolean;
  readonly isTerminal: boolean;
  readonly nowMs: () => number;
  readonly write: (text: string) => void;
}

const LABEL: Readonly<Record<LineKind, string>> = {
  fleet: '',
  chapter: '',
  alert: 'alert',
  decision: 'not done',
  command: 'command',
  receipt: 'receipt',
  denied: 'denied',
  quiet: 'quiet',
  missed: 'not seen',
  end: '',
};
const LABEL_WIDTH = 10;
/** ANSI: 1 bold, 2 dim, 31 red, 32 green, 33 yellow. */
const STYLE: Partial<Readonly<Record<LineKind, string>>> = {
  chapter: '1',
  alert: '33',
  command: '31',
  denied: '32',
  quiet: '32',
  missed: '31',
};

const clockOf = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);

export class Narrator {
  readonly #options: NarratorOptions;

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  say(line: StoryLine): void {
    const { json, nowMs, write } = this.#options;
    const atMs = nowMs();
    if (json) {
      const { kind, chapter, text, facts } = line;
      write(
        `${JSON.stringify({ at: new Date(atMs).toISOString(), kind, chapter, text, ...facts })}\n`,
      );
      return;
    }
    const { kind, text } = line;
    const label = LABEL[kind].padEnd(LABEL_WIDTH);
    if (kind === 'chapter') write('\n');
    const indent = LABEL[kind] === '' ? '' : `  ${this.#styled(kind, label)} `;
    const body = kind === 'chapter' ? this.#styled(kind, text) : text;
    write(`  ${clockOf(atMs)}  ${indent}${body}\n`);
  }

  #styled(kind: LineKind, text: string): string {
    const style = STYLE[kind];
    return this.#options.isTerminal && style !== undefined
      ? `\u001b[${style}m${text}\u001b[0m`
      : text;
  }
}

export function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(2)} s`;
}
