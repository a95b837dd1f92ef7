/** MCP and A2A as a proxy saw them; other traffic gives nothing. */
import type { Observation, ReadResult } from '../model/observation.ts';
import { a2aRequestOf, a2aRequestOfPath } from './a2a-method.ts';
import { A2aReader } from './a2a-reader.ts';
import { type Exchange, readExchange } from './exchange.ts';
import { jsonValues, rpcMessages } from './json-rpc.ts';
import { McpReader } from './mcp-reader.ts';
import { loadA2aFields, loadMcpFields } from './wire-fields.ts';

export class ExchangeReader {
  readonly #mcp = new McpReader(loadMcpFields());
  readonly #a2a = new A2aReader(loadA2aFields());

  /** `receivedAt`: where the line has no time. */
  read(line: string, receivedAt: number): ReadResult {
    const read = readExchange(line, receivedAt);
    if (read.kind === 'refused') return { observations: [], rejected: 1, problem: read.problem };
    return { observations: this.#observations(read.exchange), rejected: 0 };
  }

  get evicted(): number {
    return this.#mcp.evicted + this.#a2a.evicted;
  }

  #observations(exchange: Exchange): readonly Observation[] {
    const sent = jsonValues(exchange.body);
    const answered = jsonValues(exchange.answer?.body ?? '');
    if (this.#a2a.readCard(exchange, answered)) return [];
    const messages = rpcMessages(sent);
    const overHttp = messages.length === 0 ? a2aRequestOfPath(exchange, sent[0]) : undefined;
    if (overHttp !== undefined) return this.#a2a.read(exchange, overHttp, answered);
    const observations: Observation[] = [];
    const rest = messages.filter((message) => {
      const request = a2aRequestOf(message);
      if (request === undefined) return true;
      observations.push(...this.#a2a.read(exchange, request, answered));
      return false;
    });
    if (observations.length > 0 && rest.length === 0) return observations;
    const answers = rpcMessages(answered);
    if (rest.length === 0 && (messages.length > 0 || answers.length === 0)) return observations;
    return [...observations, ...this.#mcp.read(exchange, rest, answers)];
  }
}
