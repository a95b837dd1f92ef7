/**
 * `node deploy/probe.mjs URL`: exit code 0 when the address answers with success, else 1 and what it said.
 * For a container's health check: the images have neither curl nor wget.
 */
const PATIENCE_MS = 4_000;
const url = process.argv[2] ?? 'http://127.0.0.1:9464/ready';

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${url} does not answer: ${error.message}\n`);
  process.exitCode = 1;
}
