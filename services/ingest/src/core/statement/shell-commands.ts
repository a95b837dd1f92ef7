/** A shell's text as commands. No variables, aliases, loops. `shell-quote` knows no here-document. */

export interface ShellCommand {
  readonly words: readonly string[];
  readonly pipedFrom: ShellCommand | undefined;
  readonly input: string | undefined;
}

interface ShellText {
  readonly commands: readonly ShellCommand[];
  /** Run inside. */
  readonly nested: readonly string[];
}

const PLAIN = /[^\s'"\\`$;&|()<>#{}]+/y;
const HERE = /<<-?\s*(['"]?)([\w.-]+)\1/y;
const TARGET = /[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s;&|()]*))/y;
const REDIRECT = /\d*(?:>>?|<<?<?)&?\|?/y;

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

class Reader {
  readonly commands: ShellCommand[] = [];
  readonly nested: string[] = [];
  readonly #text: string;
  #at = 0;
  #words: string[] = [];
  #word: string | undefined;
  #input: string | undefined;
  #pipedFrom: ShellCommand | undefined;
  #awaited: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ShellText {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand(false);
    return { commands: this.commands, nested: this.nested };
  }

  #step(): void {
    const plain = matched(PLAIN, this.#text, this.#at)?.[0];
    if (plain !== undefined) this.#take(plain, plain.length);
    else if (!this.#quoted() && !this.#ended()) this.#take(this.#text[this.#at] ?? '', 1);
  }

  #quoted(): boolean {
    const first = this.#text[this.#at] ?? '';
    if (first === "'") this.#single();
    else if (first === '"') this.#double();
    else if (first === '\\') this.#escaped();
    else if (first === '`' || this.#text.startsWith('$(', this.#at)) this.#substituted(first);
    else if (first === '$' && /['"]/.test(this.#text[this.#at + 1] ?? '')) this.#at += 1;
    else return false;
    return true;
  }

  #ended(): boolean {
    const first = this.#text[this.#at] ?? '';
    const isFirst = this.#word === undefined;
    // `{}` is a word.
    const isGroup = isFirst && (first === '}' || this.#text[this.#at + 1] !== '}');
    if (first === '<' || first === '>') this.#redirected();
    else if (first === '#' && isFirst) this.#comment();
    else if (first === '\n') this.#line();
    else if (/\s/.test(first)) this.#endWord(1);
    else if (/[;&|()]/.test(first) || (/[{}]/.test(first) && isGroup)) this.#operator(first);
    else return false;
    return true;
  }

  #take(part: string, length: number): void {
    this.#word = (this.#word ?? '') + part;
    this.#at += length;
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    const behind = end < 0 ? this.#text.length : end;
    this.#take(this.#text.slice(this.#at + 1, behind), behind + 1 - this.#at);
  }

  #double(): void {
    const from = this.#at + 1;
    let end = from;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    const inner = this.#text.slice(from, end);
    for (const [, command = ''] of inner.matchAll(/\$\(([^)]*)\)?|`([^`]*)`?/g)) {
      this.nested.push(command);
    }
    this.#take(inner.replaceAll(/\\(["\\$`])/g, '$1'), end + 1 - this.#at);
  }

  #escaped(): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (next === '\n') this.#endWord(2);
    else this.#take(next, 2);
  }

  #substituted(first: string): void {
    const from = this.#at + (first === '`' ? 1 : 2);
    const end = this.#text.indexOf(first === '`' ? '`' : ')', from);
    const behind = end < 0 ? this.#text.length : end;
    this.nested.push(this.#text.slice(from, behind));
    this.#take('$', behind + 1 - this.#at);
  }

  /** `<(…)` is run. */
  #redirected(): void {
    const here = matched(HERE, this.#text, this.#at);
    if (here !== null) {
      this.#awaited = here[2];
      this.#endWord(here[0].length);
    } else if (/^[<>]\(/.test(this.#text.slice(this.#at, this.#at + 2))) {
      this.#substituted('<');
    } else this.#toFile();
  }

  #toFile(): void {
    const mark = matched(REDIRECT, this.#text, this.#at)?.[0] ?? '>';
    if (/^\d$/.test(this.#word ?? '')) this.#word = undefined;
    this.#endWord(mark.length);
    const target = matched(TARGET, this.#text, this.#at);
    this.#at += target?.[0].length ?? 0;
    if (mark === '<<<') this.#input = target?.[1] ?? target?.[2] ?? target?.[3];
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #line(): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    this.#at += 1;
    if (awaited !== undefined) this.#input = this.#hereDocument(awaited);
    this.#endWord(0);
    this.#endCommand(false);
  }

  #hereDocument(mark: string): string {
    const from = this.#at;
    for (let at = from; at < this.#text.length; ) {
      const end = this.#text.indexOf('\n', at);
      const behind = end < 0 ? this.#text.length : end;
      if (this.#text.slice(at, behind).trim() === mark) {
        this.#at = behind;
        return this.#text.slice(from, at);
      }
      at = behind + 1;
    }
    this.#at = this.#text.length;
    return this.#text.slice(from);
  }

  #operator(first: string): void {
    const isPipe = first === '|' && this.#text[this.#at + 1] !== '|';
    this.#endWord(1);
    if (first === '|' && !isPipe) this.#at += 1;
    this.#endCommand(isPipe);
  }

  #endWord(length: number): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
    this.#at += length;
  }

  #endCommand(isPiped: boolean): void {
    this.#endWord(0);
    const [words, input, pipedFrom] = [this.#words, this.#input, this.#pipedFrom];
    // A line may end there.
    if (words.length === 0) return;
    this.#words = [];
    this.#input = undefined;
    this.#pipedFrom = undefined;
    const command = { words, input, pipedFrom };
    this.commands.push(command);
    if (isPiped) this.#pipedFrom = command;
  }
}

export function shellText(text: string): ShellText {
  return new Reader(text).read();
}
