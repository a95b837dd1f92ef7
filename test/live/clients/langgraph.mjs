/** An agent of LangGraph, which LangSmith's own client traces as its settings say. */

import { awaitAllCallbacks } from '@langchain/core/callbacks/promises';
import { tool } from '@langchain/core/tools';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { AGENT, MAIL, PROMPT, READ, SEND } from './story.mjs';

const agent = createReactAgent({
  name: AGENT,
  llm: new ChatOpenAI({
    model: 'gpt-5.4',
    apiKey: 'sk-fake',
    useResponsesApi: false,
    configuration: { baseURL: process.env['OPENAI_BASE_URL'] },
  }),
  tools: [
    tool(async () => MAIL, { ...READ, schema: z.object({ id: z.string() }) }),
    tool(async () => 'Sent.', {
      ...SEND,
      schema: z.object({ to: z.string(), subject: z.string(), body: z.string() }),
    }),
  ],
});
const { messages } = await agent.invoke(
  { messages: [{ role: 'user', content: PROMPT }] },
  { configurable: { thread_id: `thread-${AGENT}` }, metadata: { thread_id: `thread-${AGENT}` } },
);
console.log(messages.at(-1).content);
await awaitAllCallbacks();
