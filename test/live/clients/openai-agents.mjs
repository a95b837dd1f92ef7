/** An agent of `@openai/agents`, whose own exporter sends its traces to Waywarden. */
import {
  Agent,
  BatchTraceProcessor,
  getGlobalTraceProvider,
  OpenAITracingExporter,
  run,
  setDefaultOpenAIKey,
  setOpenAIAPI,
  setTraceProcessors,
  tool,
} from '@openai/agents';
import { z } from 'zod';
import { AGENT, MAIL, PROMPT, READ, SEND } from './story.mjs';

setDefaultOpenAIKey('sk-fake');
setOpenAIAPI('chat_completions');
const exporter = new OpenAITracingExporter({
  apiKey: process.env['TOKEN'],
  endpoint: `${process.env['WAYWARDEN']}/v1/traces/ingest`,
});
setTraceProcessors([new BatchTraceProcessor(exporter)]);

const agent = new Agent({
  name: AGENT,
  instructions: 'You read mails.',
  model: 'gpt-5.4',
  tools: [
    tool({ ...READ, parameters: z.object({ id: z.string() }), execute: async () => MAIL }),
    tool({
      ...SEND,
      parameters: z.object({ to: z.string(), subject: z.string(), body: z.string() }),
      execute: async () => 'Sent.',
    }),
  ],
});
const { finalOutput } = await run(agent, PROMPT);
console.log(finalOutput);
await getGlobalTraceProvider().forceFlush();
