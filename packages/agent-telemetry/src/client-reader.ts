/** Which reader takes a request: by its path, and where that says nothing, by what is in it. */
import type { ClientRequest, ReadResult } from './observation.ts';

export class ClientReader {
  /**
   * `/v1/traces`, `/v1/logs`, `/api/public/otel/v1/traces`, `/otel/v1/traces`, `/v1/traces/ingest`,
   * `/runs/batch`, `/runs/multipart`, `/v1/hooks` (`?event=` where the payload does not name it),
   * `/v1/exchanges` (a proxy's observations of MCP and A2A). Throws nothing.
   */
  read(request: ClientRequest): ReadResult {
    void request;
    return { observations: [], rejected: 0 };
  }
}
