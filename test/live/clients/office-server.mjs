/** The office server on standard input and output. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { officeServer } from './office.mjs';

await officeServer().connect(new StdioServerTransport());
