/** An agent of Vercel's AI SDK, whose telemetry goes through OTel's exporter. */
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { z } from 'zod';
import { AGENT, MAIL, PROMPT, READ, SEND } from './story.mjs';

const sdk = new NodeSDK({ serviceName: 'mail-service', traceExporter: new OTLPTraceExporter() });
sdk.start();
registerTelemetry(new OpenTelemetry());

const openai = createOpenAI({ apiKey: 'sk-fake', baseURL: process.env['OPENAI_BASE_URL'] });
const { text } = await generateText({
  model: openai.chat('gpt-5.4'),
  prompt: PROMPT,
  stopWhen: stepCountIs(5),
  telemetry: { isEnabled: true, functionId: AGENT },
  tools: {
    [READ.name]: tool({
      description: READ.description,
      inputSchema: z.object({ id: z.string() }),
      execute: async () => MAIL,
    }),
    [SEND.name]: tool({
      description: SEND.description,
      inputSchema: z.object({ to: z.string(), subject: z.string(), body: z.string() }),
      execute: async () => 'Sent.',
    }),
  },
});
console.log(text);
await sdk.shutdown();
