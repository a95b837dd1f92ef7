/**
 * Two names as one text (`server/tool`), the same string each time: a rebuilt one is copied and hashed. Forgetting
 * changes no result.
 */

const JOINED_MAX = 8192;

export class JoinedNames<Made = string> {
  readonly #separator: string;
  readonly #made: (text: string) => Made;
  readonly #known = new Map<string, Map<string, Made>>();
  #size = 0;
  /** An event asks for the same tool five times. */
  #first: string | undefined;
  #second: string | undefined;
  #latest: Made | undefined;

  /** `made`: what is remembered in its place. */
  constructor(separator: string, made: (text: string) => Made) {
    this.#separator = separator;
    this.#made = made;
  }

  of(first: string, second: string): Made {
    const latest = this.#latest;
    if (latest !== undefined && first === this.#first && second === this.#second) return latest;
    const joined = this.#known.get(first)?.get(second) ?? this.#join(first, second);
    this.#first = first;
    this.#second = second;
    this.#latest = joined;
    return joined;
  }

  #join(first: string, second: string): Made {
    if (this.#size >= JOINED_MAX) {
      this.#known.clear();
      this.#size = 0;
    }
    const own = this.#known.get(first) ?? new Map<string, Made>();
    const made = this.#made(`${first}${this.#separator}${second}`);
    this.#known.set(first, own.set(second, made));
    this.#size += 1;
    return made;
  }
}

export const asText = (text: string): string => text;

const tools = new JoinedNames('/', asText);

export function toolName(
  tool: { readonly server?: string | undefined; readonly name: string } | undefined,
  otherwise = '',
): string {
  return tools.of(tool?.server ?? '', tool?.name ?? otherwise);
}

/** As people and rules name it: `server/name`, or the name where no server is known. */
export const qualifiedTool = ({
  server,
  name,
}: {
  server?: string | undefined;
  name: string;
}): string => (server === undefined ? name : `${server}/${name}`);
