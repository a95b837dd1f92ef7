/** The demo's rules: shipped files with today's dates and a local key. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseRegistryFile } from '@waywarden/responder';
import { type KeyFile, type Policy, publicJwks, type Registry } from '@waywarden/schemas';
import { loadPolicy } from '../runtime/rule-files.ts';
import { GATEWAY_ID } from './gateway/tool-gateway.ts';

const REGISTRY = fileURLToPath(new URL('../../demo/registry.yaml', import.meta.url));
const POLICY = fileURLToPath(new URL('../../demo/policy.yaml', import.meta.url));
const DAY_MS = 86_400_000;
const DATE = /\$today([+-]\d{1,4})d/g;

/** `$today+30d`. */
export function fillDates(text: string, nowMs: number): string {
  return text.replaceAll(DATE, (_, days: string) =>
    new Date(nowMs + Number(days) * DAY_MS).toISOString().slice(0, 10),
  );
}

export interface DemoRules {
  readonly registry: Registry;
  readonly policy: Policy;
}

/** Throws, naming all problems. */
export function demoRules(gatewayKeys: KeyFile, nowMs: number): DemoRules {
  const parsed = parseRegistryFile(fillDates(readFileSync(REGISTRY, 'utf8'), nowMs));
  if (!parsed.ok) {
    const problems = parsed.problems.map((one) => `${one.path}: ${one.expected}`);
    throw new Error(`${REGISTRY} can't be used: ${problems.join('; ')}`);
  }
  const [key] = Object.values(publicJwks(gatewayKeys));
  const receivers = parsed.value.receivers.map((receiver) =>
    receiver.id === GATEWAY_ID && key !== undefined ? { ...receiver, key } : receiver,
  );
  return { registry: { ...parsed.value, receivers }, policy: loadPolicy(POLICY) };
}
