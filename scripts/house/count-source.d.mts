interface HouseRules {
  readonly limits: { readonly interfaceFields: number };
  readonly bannedWords: Readonly<Record<string, string>>;
  readonly bannedPhrases: Readonly<Record<string, string>>;
  readonly platformNames?: readonly string[];
}
interface SourceCounts {
  readonly lines: number;
  readonly commentWords: number;
  readonly wide: readonly string[];
  readonly banned: ReadonlyMap<string, number>;
  readonly exported: readonly string[];
  readonly imports: readonly string[];
}
export function wordsOfName(name: string): readonly string[];
export function bannedIn(name: string, rules: HouseRules): string | undefined;
export function countSource(path: string, text: string, rules: HouseRules): SourceCounts;
