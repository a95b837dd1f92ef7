/** The only reader of the environment here. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
