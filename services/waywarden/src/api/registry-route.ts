/** `GET /v1/registry` and `PUT` with the control token, only while the sender's version is in force. */
import { checkRegistryText } from '@waywarden/responder';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlToken } from '../runtime/control-token.ts';
import type { LiveRules } from '../runtime/live-rules.ts';

const BODY_BYTES_MAX = 16 * 1024 * 1024;

const change = z.object({
  registry: z.unknown(),
  /** Null: none. */
  expected_version: z.string().nullable(),
  from: z.string().min(1).max(256).default('the API'),
});

export function registryRoute(
  app: FastifyInstance,
  { rules, token }: { readonly rules: LiveRules; readonly token: ControlToken },
): void {
  app.get('/v1/registry', async () => ({
    version: rules.registryVersion,
    registry: rules.registry ?? null,
    combinations: rules.policy.combinations.map((one) => one.id),
  }));
  app.put('/v1/registry', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    if (!token.allows(request.headers.authorization)) {
      return reply.code(401).send({
        error: 'not_allowed',
        message: `Changing the registry needs the token of ${token.file} as Bearer token.`,
        what_to_do: 'Send it as "Authorization: Bearer <token>".',
      });
    }
    const { registry: given, expected_version: expected, from } = change.parse(request.body);
    const { registry, errors, warnings } = checkRegistryText(JSON.stringify(given), {
      combinations: rules.policy.combinations.map((one) => one.id),
      nowMs: Date.now(),
    });
    if (registry === undefined) {
      return reply.code(400).send({
        error: 'registry_invalid',
        message: 'The registry has errors.',
        what_to_do: 'Correct what `problems` names; `waywarden registry check FILE` says the same.',
        problems: errors,
      });
    }
    if (!(await rules.changeRegistry(registry, from, expected))) {
      return reply.code(409).send({
        error: 'version_conflict',
        message: 'Another registry was published in between.',
        what_to_do: 'Look at it (GET /v1/registry), then decide again.',
        version: rules.registryVersion,
      });
    }
    return { version: rules.registryVersion, agents: registry.agents.length, warnings };
  });
}
