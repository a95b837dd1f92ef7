import { loadClients } from '@waywarden/agent-telemetry';
import { clientIndex, clientPage } from './client-page.ts';
import type { Coverages } from './coverage.ts';

export function clientPages(coverages: Coverages): ReadonlyMap<string, string> {
  const clients = loadClients();
  return new Map([
    ['README.md', clientIndex(clients, coverages)],
    ...clients.map(
      (client) => [`${client.id}.md`, clientPage(client, coverages[client.id])] as const,
    ),
  ]);
}
