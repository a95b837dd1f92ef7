/** A client of `@modelcontextprotocol/sdk` 1.x. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { makeCalls } from './mcp-calls.mjs';

const client = new Client({ name: 'mail-client', version: '1.0.0' });
await makeCalls(client, StreamableHTTPClientTransport);
