/** The office server on standard input and output. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { officeServer } from './office.mjs';

await officeServer(McpServer).connect(new StdioServerTransport());
