/** The only reader of the environment in this package: Kafka’s login, and whether npm started us. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
