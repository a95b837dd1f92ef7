interface ImportingFile {
  readonly path: string;
  readonly imports: readonly string[];
}
export function foldersOf(
  files: readonly ImportingFile[],
): ReadonlyMap<string, ReadonlySet<string>>;
export function cyclesOf(
  arrows: ReadonlyMap<string, ReadonlySet<string>>,
): readonly (readonly string[])[];
