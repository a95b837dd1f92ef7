/** A client of `@modelcontextprotocol/client` 2.x, which speaks the newest protocol where it can. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { makeCalls } from './mcp-calls.mjs';

const options = { versionNegotiation: { mode: 'auto' } };
const client = new Client({ name: 'mail-client', version: '1.0.0' }, options);
await makeCalls(client, StreamableHTTPClientTransport);
