/** The smallest policy that two agents can complete together: one reads a secret, another sends. */
import { policySchema } from '@waywarden/schemas';

export const SECRET_TO_EGRESS = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'secret-to-egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow'] },
      ],
      within: '24h',
    },
  ],
});
