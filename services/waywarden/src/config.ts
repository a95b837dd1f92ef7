/** The only reader of the environment in this package: Kafka's login for commands that reach it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
